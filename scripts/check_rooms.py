#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the code against the plan of the house: walls between rooms, outside libraries, banned words, sizes, names.

    scripts/check_rooms.py [FOLDER]      prints file:line: rule: what; exit code 1 when a rule is broken
"""
import re
import sys
from pathlib import Path

MAX_LINES = 400
# Tables of data, which are longer than a file of code may be.
MAY_BE_LONG = {}

# Which outside library brings which headers. An outside header that no line claims is an error.
LIBRARY_OF_HEADER = [
    (r"fmt/", "fmt::fmt"),
    (r"openssl/", "OpenSSL::Crypto"),
    (r"(unsupported/)?Eigen/", "Eigen3::Eigen"),
    (r"boost/", "Boost::headers"),
    (r"dcmtk/", "radfuse_dcmtk"),
    (r"openjpeg\.h$", "radfuse_openjpeg"),
    (r"(itk|vnl|vcl)\w*[./]", "radfuse_itk"),
    (r"opencv2/", "opencv_core"),
    (r"(torch|ATen|c10|caffe2)/", "radfuse_torch"),
    (r"nlohmann/", "nlohmann_json::nlohmann_json"),
    (r"yaml-cpp/", "yaml-cpp"),
    (r"CLI/", "CLI11::CLI11"),
    (r"spdlog/", "spdlog::spdlog"),
    (r"xgboost/", "radfuse_xgboost"),
    (r"(zlib|zconf)\.h$", "ZLIB::ZLIB"),
    (r"(jpeglib|jerror|jconfig)\.h$", "JPEG::JPEG"),
    (r"tiff(io)?\.h$", "TIFF::TIFF"),
]
# Headers of the operating system (POSIX): files, processes, signals.
SYSTEM_HEADER = re.compile(r"(sys/\w+|linux/openat2|unistd|fcntl|signal|dirent|poll|pthread|sched|termios|spawn|dlfcn|time|stdlib|malloc)\.h$")
STANDARD_HEADER = re.compile(r"[a-z_0-9]+$")
# The only outside library that a door may show, and only where the plan gives it to the room.
DOOR_LIBRARY = "Eigen3::Eigen"

NOT_BEFORE = r"(?<![\w.>:])(?:std::|::)?"
# (rule, pattern, what to do, rooms that may)
BANNED = [
    ("print", r"\bstd::(cout|cerr|clog)\b|" + NOT_BEFORE + r"(printf|fprintf|puts|fputs|putchar)\s*\(",
     "only stage, front and apps talk to people", {"stage", "front", "apps"}),
    ("exit", NOT_BEFORE + r"(exit|quick_exit|abort)\s*\(", "throw an Error; stage_main makes the exit code", set()),
    ("new", r"(?<!operator )\bnew\b(?=\s*[\w:(<])", "use std::make_unique, a container or a value", set()),
    ("delete", r"(?<!operator )\bdelete\b(?=\s*[\w\[(*])", "use std::unique_ptr or a value", set()),
    ("rand", NOT_BEFORE + r"(rand|srand|drand48|random)\s*\(|\bstd::(random_device|shuffle|sample|mt19937\w*|\w+_distribution)\b",
     "use radfuse::Rng: same numbers everywhere", set()),
    ("number", r"\bstd::(stod|stof|stold|stoi|stol|stoul|stoll|stoull)\b|"
     + NOT_BEFORE + r"(atof|atoi|atol|strtod|strtof|strtol|sscanf)\s*\(",
     "use base/text.hpp: the locale must not matter and the whole text must be a number", set()),
    ("write", r"\bstd::(ofstream|fstream)\b|" + NOT_BEFORE + r"fopen\s*\(",
     "write through base/files.hpp (temporary file, fsync, rename)", {"base"}),
    ("process", NOT_BEFORE + r"(system|popen)\s*\(", "no shell: start the program itself with its arguments", set()),
]
INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
PLAN_LINE = re.compile(r'^radfuse_(room|app)\(\s*([\w-]+)\s+"([^"]*)"(?:\s+"([^"]*)")?\s*\)', re.M)


class Problems:
    def __init__(self, root):
        self.root, self.lines = root, []

    def add(self, path, line, rule, text):
        self.lines.append((str(path.relative_to(self.root)), line, f"{rule}: {text}"))


def without_comments_and_texts(source):
    """Comments and the insides of texts become blanks; every line stays where it is."""
    token = re.compile(
        r'R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
        re.S)

    def blank(match):
        text = match.group(0)
        newlines = "".join(c if c == "\n" else " " for c in text[1:-1])
        return text[0] + newlines + text[-1] if text[0] in "\"'" else "".join(c if c == "\n" else " " for c in text)

    return token.sub(blank, source)


def read_plan(root, problems):
    """{room: (rooms below, outside libraries)} and {app: rooms}, with the order of the floors checked."""
    file = root / "src" / "CMakeLists.txt"
    text = file.read_text(encoding="utf-8")
    rooms, apps = {}, {}
    for match in PLAN_LINE.finditer(text):
        kind, name, below, outside = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        below = [room for room in below.split(";") if room]
        for room in below:
            if room not in rooms:
                problems.add(file, line, "plan", f"{name} stands on '{room}', which is not an earlier line of the plan")
        if kind == "room":
            rooms[name] = (set(below), {library for library in (outside or "").split(";") if library})
        else:
            apps[name] = set(below)
    for folder in sorted(p for area in ("src", "include/radfuse") for p in (root / area).glob("*") if p.is_dir()):
        if folder.name not in rooms and folder.name != "apps":
            problems.add(folder, 1, "plan", f"folder '{folder.name}' has no line in src/CMakeLists.txt")
    for app in sorted((root / "src" / "apps").glob("*.cpp")):
        if app.stem not in apps:
            problems.add(app, 1, "plan", f"program '{app.stem}' has no line in src/CMakeLists.txt")
    return rooms, apps


def reachable(rooms, start):
    """The rooms that an app may include: those it names and all that they stand on."""
    found, todo = set(), list(start)
    while todo:
        room = todo.pop()
        if room in rooms and room not in found:
            found.add(room)
            todo.extend(rooms[room][0])
    return found


def check_room_include(add, header, room, is_door, may_include):
    parts = header.split("/")
    if len(parts) < 3:
        add("wall", f'"{header}": doors are named radfuse/<room>/<file>.hpp')
        return
    target = parts[1]
    if room == "config" and parts[-1] == "params.hpp":
        return
    if target != room and target not in may_include:
        add("wall", f"{room} may not include radfuse/{target}/ (the plan gives it: {', '.join(sorted(may_include)) or 'nothing'})")
    light = header == "radfuse/base/fields.hpp" or parts[-1].endswith("params.hpp")
    if is_door and is_door.name.endswith("params.hpp") and not light:
        add("params", f'{is_door.name} includes only the standard library, radfuse/base/fields.hpp and other params, not "{header}"')


def check_outside_include(add, header, room, is_door, libraries):
    if STANDARD_HEADER.match(header):
        return
    if SYSTEM_HEADER.match(header):
        if is_door:
            add("door", f"a door shows no system header, but <{header}>")
        return
    library = next((name for pattern, name in LIBRARY_OF_HEADER if re.match(pattern, header)), None)
    if library is None:
        add("library", f"<{header}> belongs to no library that scripts/check_rooms.py knows")
    elif library not in libraries:
        add("library", f"<{header}> needs {library}, which the plan does not give to {room}")
    elif is_door and library != DOOR_LIBRARY:
        add("door", f"a door is plain data: <{header}> belongs into a .cpp file or a private header")


def check_heading(add, path, lines):
    start = 1 if lines and lines[0].startswith("#!") else 0
    heading = (lines + ["", "", ""])[start:start + 2]
    mark = "//" if path.suffix in (".cpp", ".hpp") else "#"
    if heading[0] != f"{mark} SPDX-License-Identifier: Apache-2.0":
        add(start + 1, "heading", f"the first line is '{mark} SPDX-License-Identifier: Apache-2.0'")
    elif not re.match(rf'({mark} |""")\S.{{7,}}', heading[1]):
        add(start + 2, "heading", "the second line says what the file is for")


def check_code(path, room, rooms, may_include, libraries, door, problems):
    source = path.read_text(encoding="utf-8")
    code = without_comments_and_texts(source)
    raw, lines = source.splitlines(), code.splitlines()
    check_heading(lambda n, rule, text: problems.add(path, n, rule, text), path, raw)
    name = str(path.relative_to(problems.root))
    if len(raw) > MAX_LINES and name not in MAY_BE_LONG:
        problems.add(path, MAX_LINES + 1, "length", f"{len(raw)} lines; split the file (at most {MAX_LINES})")
    hashed = set(re.findall(r"unordered_(?:map|set)<[^;{}()]*>&?\s+(\w+)", code))
    for number, line in enumerate(lines, 1):
        def add(rule, text, number=number):
            problems.add(path, number, rule, text)

        include = INCLUDE.match(raw[number - 1]) if re.match(r"\s*#\s*include", line) else None
        if include:
            quoted, angled = include.groups()
            if quoted and quoted.startswith("radfuse/"):
                check_room_include(add, quoted, room, door and path, may_include)
            elif quoted and door:
                add("door", f'a door includes only doors: "{quoted}"')
            elif quoted and not (path.parent / quoted).exists():
                add("wall", f'"{quoted}" is not a private header of {room}')
            elif angled:
                check_outside_include(add, angled, room, door and path, libraries)
            continue
        for rule, pattern, advice, may in BANNED:
            if room not in may and re.search(pattern, line):
                add(rule, advice)
        if re.search(r"\busing\s+namespace\b", line) and (path.suffix == ".hpp" or re.search(r"namespace\s+std\b", line)):
            add("using", "no 'using namespace' in headers, and none of std anywhere")
        loop = re.search(r"\bfor\s*\([^;:]*[^:]:\s*(\w+)\s*\)", line)
        if loop and loop.group(1) in hashed:
            add("order", f"'{loop.group(1)}' is hashed: the order of a loop over it differs between machines; use std::map")
        if re.search(r"\b(TODO|FIXME|XXX)\b", raw[number - 1]):
            add("todo", "what is not done is an issue, not a comment")


def check_flags(root, problems):
    for path in sorted([root / "CMakeLists.txt", root / "CMakePresets.json", *(root / "cmake").glob("*.cmake"),
                        *(root / "src").rglob("CMakeLists.txt"), *(root / "tests").rglob("CMakeLists.txt")]):
        if not path.exists():
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        if path.suffix != ".json":
            check_heading(lambda n, rule, text, path=path: problems.add(path, n, rule, text), path, lines)
        for number, line in enumerate(lines, 1):
            if re.search(r"-f(fast-math|unsafe-math|associative-math|finite-math)|-Ofast", line.split("#")[0]):
                problems.add(path, number, "flags", "no fast-math: the same input must give the same bytes")


def check_test_names(root, problems):
    """tests/unit/<room>/<file>[_<aspect>]_test.cpp mirrors <file>.cpp or <file>.hpp of the room."""
    for path in sorted((root / "tests" / "unit").glob("*/*_test.cpp")):
        room, words = path.parent.name, path.stem.split("_")[:-1]
        places = [(root / "src" / room, ".cpp"), (root / "src" / room, ".hpp"), (root / "include" / "radfuse" / room, ".hpp")]
        names = ["_".join(words[:n]) for n in range(1, len(words) + 1)]
        if not any((folder / f"{name}{suffix}").exists() for name in names for folder, suffix in places):
            problems.add(path, 1, "mirror", f"{room} has no file that this test is named after (<file>_test.cpp, or <file>_<aspect>_test.cpp)")


def check(root):
    problems = Problems(root)
    rooms, apps = read_plan(root, problems)
    files = 0
    for area, door in (("include/radfuse", True), ("src", False)):
        for path in sorted((root / area).rglob("*.[ch]pp")):
            room = path.relative_to(root / area).parts[0]
            if room == "apps":
                below, libraries = reachable(rooms, apps.get(path.stem, set())), set()
            elif room in rooms:
                below, libraries = rooms[room]
            else:
                continue  # reported by read_plan
            if not re.fullmatch(r"[a-z0-9_]+|radfuse(-[a-z]+)?", path.stem):
                problems.add(path, 1, "name", "files are named in snake_case")
            check_code(path, room, rooms, below, libraries, door, problems)
            files += 1
    for path in sorted((root / "tests").rglob("*.[ch]pp")):
        lines = path.read_text(encoding="utf-8").splitlines()
        check_heading(lambda n, rule, text, path=path: problems.add(path, n, rule, text), path, lines)
        files += 1
    check_flags(root, problems)
    check_test_names(root, problems)
    return files, sorted(set(problems.lines))


def main(arguments):
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    files, problems = check(root)
    for path, line, text in problems:
        print(f"{path}:{line}: {text}")
    print(f"{files} files, {len(problems)} broken rules")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
