# SPDX-License-Identifier: Apache-2.0
# Tests of scripts/check_rooms.py on small made-up houses: each rule must catch its own breach and nothing else.
import importlib.util
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("check_rooms", SOURCE / "scripts" / "check_rooms.py")
check_rooms = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_rooms)

HEAD = "// SPDX-License-Identifier: Apache-2.0\n// A file of the made-up house.\n"
PLAN = """# SPDX-License-Identifier: Apache-2.0
# The plan of the made-up house.
radfuse_room(base   ""            "fmt::fmt")
radfuse_room(table  "base"        "Eigen3::Eigen")
radfuse_room(imaging "base"       "radfuse_itk")
radfuse_room(config "base"        "yaml-cpp")
radfuse_room(stage  "config;table;base" "CLI11::CLI11;spdlog::spdlog")
radfuse_app(radfuse-import "stage;imaging")
"""


class House:
    def __init__(self, folder):
        self.root = Path(folder)
        self.write("src/CMakeLists.txt", PLAN)
        self.cpp("include/radfuse/base/fields.hpp", "#pragma once\n#include <string>\n")
        self.cpp("include/radfuse/table/table.hpp", '#include <Eigen/Core>\n#include "radfuse/base/fields.hpp"\n')
        self.cpp("include/radfuse/table/params.hpp", '#include "radfuse/base/fields.hpp"\n')
        self.cpp("src/table/table.cpp", '#include "radfuse/table/table.hpp"\n#include <fcntl.h>\n#include "cells.hpp"\n')
        self.cpp("src/table/cells.hpp", "#include <vector>\n")
        self.cpp("src/config/study.cpp", '#include <yaml-cpp/yaml.h>\n#include "radfuse/table/params.hpp"\n')
        self.cpp("src/imaging/read.cpp", "#include <itkImage.h>\n")
        self.cpp("src/apps/radfuse-import.cpp",
                 '#include "radfuse/table/table.hpp"\n#include "radfuse/config/study.hpp"\nint main() {}\n')
        self.cpp("tests/unit/table/table_test.cpp", "")
        self.cpp("tests/unit/table/cells_invariant_test.cpp", "")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def cpp(self, name, text):
        self.write(name, HEAD + text)


class CheckRooms(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.house = House(self.folder.name)

    def problems(self):
        return check_rooms.check(self.house.root)[1]

    def expect(self, path, line, rule):
        found = self.problems()
        self.assertEqual([(p, n, t.split(":")[0]) for p, n, t in found], [(path, line, rule)], found)

    def test_a_good_house_passes(self):
        self.assertEqual(self.problems(), [])
        self.assertEqual(check_rooms.check(self.house.root)[0], 10)

    def test_code_line(self):
        """One line of code in a room below stage: the rule that it breaks, or None."""
        for code, rule in [
            ('void f() { std::cout << 1; }', "print"),
            ('void f() { printf("x"); }', "print"),
            ('void f() { std::snprintf(a, 3, "x"); }', None),
            ('void f() { exit(1); }', "exit"),
            ('void f() { std::abort(); }', "exit"),
            ('void f() { _exit(1); loop.exit(1); }', None),
            ('int* f() { return new int(3); }', "new"),
            ('int* f() { return new (place) T; }', "new"),
            ('#include <new>', None),
            ('void* operator new(std::size_t);', None),
            ('auto p = itk::Image::New(); // a new image', None),
            ('struct S { S(const S&) = delete; };', None),
            ('void f(int* p) { delete p; }', "delete"),
            ('void f(int* p) { delete[] p; }', "delete"),
            ('int f() { return rand(); }', "rand"),
            ('auto t = torch::rand({2, 3});', None),
            ('std::mt19937 generator(1);', "rand"),
            ('std::normal_distribution<double> d;', "rand"),
            ('std::shuffle(a.begin(), a.end(), g);', "rand"),
            ('double d = std::stod(text);', "number"),
            ('int i = atoi(text);', "number"),
            ('double d = text::to_double(cell);', None),
            ('std::ofstream out(file);', "write"),
            ('std::ifstream in(file);', None),
            ('system("rm x");', "process"),
            ('using namespace std;', "using"),
            ('using namespace std::chrono;', "using"),
            ('using namespace torch::indexing;', None),
            ('// TODO better', "todo"),
            ('const char* s = "std::cout new rand() exit(1)";', None),
            ('/* std::cout << new int */', None),
            ("const char c = '\"'; auto p = new int;", "new"),
            ("int n = 1'000'000; auto p = new int;", "new"),
            ('auto s = R"(text " new int )"; auto t = "x";', None),
        ]:
            with self.subTest(code):
                self.house.cpp("src/table/code.cpp", code + "\n")
                if rule is None:
                    self.assertEqual(self.problems(), [])
                else:
                    self.expect("src/table/code.cpp", 3, rule)

    def test_include_lines(self):
        """(file, include line, rule or None)"""
        for path, line, rule in [
            ("src/table/code.cpp", '#include "radfuse/stage/run.hpp"', "wall"),
            ("src/table/code.cpp", '#include "radfuse/imaging/read.hpp"', "wall"),
            ("src/config/code.cpp", '#include "radfuse/table/table.hpp"', "wall"),
            ("src/config/code.cpp", '#include "radfuse/table/params.hpp"', None),
            ("src/table/code.cpp", '#include "../imaging/private.hpp"', "wall"),
            ("src/table/code.cpp", "#include <itkImage.h>", "library"),
            ("src/table/code.cpp", "#include <torch/torch.h>", "library"),
            ("src/imaging/code.cpp", "#include <Eigen/Core>", "library"),
            ("src/table/code.cpp", "#include <unheard/of.h>", "library"),
            ("src/table/code.cpp", "#include <sys/stat.h>", None),
            ("src/table/code.cpp", "// #include <itkImage.h>", None),
            ("src/stage/code.cpp", "#include <spdlog/spdlog.h>", None),
            ("src/apps/radfuse-import.cpp", "#include <CLI/CLI.hpp>", "library"),
            ("include/radfuse/imaging/door.hpp", "#include <itkImage.h>", "door"),
            ("include/radfuse/stage/door.hpp", "#include <spdlog/spdlog.h>", "door"),
            ("include/radfuse/table/door.hpp", "#include <Eigen/Dense>", None),
            ("include/radfuse/table/door.hpp", "#include <unistd.h>", "door"),
            ("include/radfuse/table/door.hpp", '#include "cells.hpp"', "door"),
            ("include/radfuse/base/door.hpp", "#include <Eigen/Core>", "library"),
            ("include/radfuse/base/door.hpp", '#include "radfuse/table/table.hpp"', "wall"),
            ("include/radfuse/table/params.hpp", '#include "radfuse/table/table.hpp"', "params"),
            ("include/radfuse/table/door.hpp", "using namespace radfuse;", "using"),
        ]:
            with self.subTest(path + " " + line):
                before = (self.house.root / path).read_text() if (self.house.root / path).exists() else None
                self.house.cpp(path, line + "\n")
                if rule is None:
                    self.assertEqual(self.problems(), [])
                else:
                    self.expect(path, 3, rule)
                (self.house.root / path).unlink()
                if before is not None:
                    self.house.write(path, before)

    def test_loop_over_hashed_container(self):
        self.house.cpp("src/table/code.cpp",
                       "std::unordered_map<int, int> seen;\nvoid f() { for (const auto& [k, v] : seen) {} }\n")
        self.expect("src/table/code.cpp", 4, "order")

    def test_stage_may_print_but_not_exit(self):
        self.house.cpp("src/stage/code.cpp", "void f() { std::cerr << 1; }\n")
        self.assertEqual(self.problems(), [])

    def test_length(self):
        self.house.cpp("src/table/long.cpp", "\n" * 399)
        self.expect("src/table/long.cpp", 401, "length")

    def test_heading(self):
        self.house.write("src/table/code.cpp", "#include <vector>\n")
        self.expect("src/table/code.cpp", 1, "heading")
        self.house.write("src/table/code.cpp", "// SPDX-License-Identifier: Apache-2.0\n#include <vector>\n")
        self.expect("src/table/code.cpp", 2, "heading")

    def test_heading_of_a_test(self):
        self.house.write("tests/unit/table/table_test.cpp", "\n")
        self.expect("tests/unit/table/table_test.cpp", 1, "heading")

    def test_plan_points_down(self):
        self.house.write("src/CMakeLists.txt", PLAN.replace('"base"        "Eigen3', '"base;stage"  "Eigen3'))
        self.expect("src/CMakeLists.txt", 4, "plan")

    def test_folder_without_a_plan_line(self):
        self.house.cpp("src/attic/old.cpp", "")
        self.expect("src/attic", 1, "plan")

    def test_program_without_a_plan_line(self):
        self.house.cpp("src/apps/radfuse-extra.cpp", "int main() {}\n")
        self.expect("src/apps/radfuse-extra.cpp", 1, "plan")

    def test_test_without_a_source(self):
        self.house.cpp("tests/unit/table/ghost_test.cpp", "")
        self.expect("tests/unit/table/ghost_test.cpp", 1, "mirror")

    def test_file_name(self):
        self.house.cpp("src/table/BadName.cpp", "")
        self.expect("src/table/BadName.cpp", 1, "name")

    def test_fast_math(self):
        self.house.write("CMakeLists.txt", "# SPDX-License-Identifier: Apache-2.0\n# The made-up house.\n"
                                           'set(CMAKE_CXX_FLAGS "-ffast-math")\n')
        self.expect("CMakeLists.txt", 3, "flags")

    def test_the_real_plan_is_read(self):
        problems = check_rooms.Problems(SOURCE)
        rooms, apps = check_rooms.read_plan(SOURCE, problems)
        text = (SOURCE / "src" / "CMakeLists.txt").read_text()
        self.assertEqual(len(rooms), text.count("\nradfuse_room("))
        self.assertEqual(len(apps), text.count("\nradfuse_app("))
        self.assertIn("base", rooms)
        self.assertIn("radfuse_torch", rooms["network"][1])

    def test_every_outside_library_of_the_plan_has_headers(self):
        """A library that the checker does not know would let its headers be refused everywhere."""
        rooms, _ = check_rooms.read_plan(SOURCE, check_rooms.Problems(SOURCE))
        known = {library for _, library in check_rooms.LIBRARY_OF_HEADER}
        without_headers = {"Threads::Threads", "opencv_imgproc", "opencv_imgcodecs"}
        for room, (_, libraries) in rooms.items():
            self.assertLessEqual(libraries, known | without_headers, room)


if __name__ == "__main__":
    unittest.main()
