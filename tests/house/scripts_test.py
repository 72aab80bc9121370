# SPDX-License-Identifier: Apache-2.0
# Scripts are sound; setup.sh asks apt for the right things and for nothing when all is there; no machine's paths leak.
import os
import re
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SCRIPTS = SOURCE / "scripts"
SKIPPED_FOLDERS = {".git", "build", "out", "__pycache__"}
# Folders that exist on somebody's machine only.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home|Users)/\w")
TEXT_SUFFIXES = {".cpp", ".hpp", ".cmake", ".txt", ".json", ".py", ".sh", ".md", ".yaml", ".yml", ".csv", ".cff", ".R", ""}


def tree():
    for folder, names, files in os.walk(SOURCE):
        names[:] = [name for name in names if name not in SKIPPED_FOLDERS]
        for file in files:
            yield Path(folder) / file


def packages(name):
    lines = (SCRIPTS / "packages" / name).read_text().splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith("#")]


class Scripts(unittest.TestCase):
    def test_shell_scripts_parse_and_can_be_run(self):
        scripts = sorted(SCRIPTS.rglob("*.sh")) + [SOURCE / ".ci" / "run"]
        self.assertGreaterEqual(len(scripts), 6)
        for script in scripts:
            with self.subTest(script.name):
                subprocess.run(["bash", "-n", script], check=True)
                text = script.read_text()
                if script.name == "common.sh":  # sourced by the others
                    continue
                self.assertTrue(text.startswith("#!/usr/bin/env bash\n# SPDX-License-Identifier: Apache-2.0\n# "))
                self.assertIn("set -euo pipefail", text)
                self.assertTrue(script.stat().st_mode & stat.S_IXUSR, f"chmod +x {script}")

    def test_python_files_parse(self):
        for file in tree():
            if file.suffix == ".py":
                with self.subTest(file.name):
                    compile(file.read_text(encoding="utf-8"), str(file), "exec")

    def test_continuous_integration_runs_what_a_user_runs(self):
        self.assertIn("scripts/test.sh", (SOURCE / ".ci" / "run").read_text())

    def test_package_lists_give_a_reason_for_each_package(self):
        for file in sorted((SCRIPTS / "packages").glob("*.txt")):
            for line in file.read_text().splitlines():
                if not line.startswith("#"):
                    self.assertRegex(line, r"^[a-z0-9][a-z0-9.+-]+ +# \w.{2,}$", file.name)
        names = packages("debian-12.txt") + packages("debian-12.developer.txt")
        self.assertEqual(len(names), len(set(names)), "a package stands twice")


class SetUp(unittest.TestCase):
    """scripts/setup.sh with a pretended dpkg-query, apt-get and operating system."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.calls = self.folder / "apt-calls"
        self.system('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n')
        self.tool("sudo", 'exec "$@"')
        self.tool("apt-get", f'echo "$@" >>"{self.calls}"')

    def tool(self, name, text):
        path = self.folder / name
        path.write_text("#!/bin/bash\n" + text + "\n")
        path.chmod(0o755)

    def system(self, text):
        (self.folder / "os-release").write_text(text)

    def installed(self, names):
        rows = "|".join(re.escape(name) for name in names) or "none-at-all"
        self.tool("dpkg-query", f'[[ "${{@: -1}}" =~ ^({rows})$ ]] && printf installed')

    def run_setup(self, *arguments):
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "OS_RELEASE": str(self.folder / "os-release")}
        result = subprocess.run([SCRIPTS / "setup.sh", *arguments], env=environment, capture_output=True, text=True)
        return result, self.calls.read_text().splitlines() if self.calls.exists() else []

    def test_all_installed(self):
        self.installed(packages("debian-12.txt"))
        result, calls = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(calls, [])
        self.assertIn("everything is installed already", result.stdout)

    def test_some_missing(self):
        self.installed([p for p in packages("debian-12.txt") if p not in ("libtorch-dev", "gnuplot-nox")])
        result, calls = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(calls), 2)
        self.assertTrue(calls[0].endswith(" update"))
        self.assertTrue(calls[1].endswith(" install --no-install-recommends libtorch-dev gnuplot-nox"), calls[1])

    def test_developer_list(self):
        self.installed(packages("debian-12.txt"))
        result, calls = self.run_setup("--developer")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(calls[1].endswith(" ".join(packages("debian-12.developer.txt"))))

    def test_apt_fails(self):
        self.installed([])
        self.tool("apt-get", 'if [[ "$*" == *install* ]]; then echo "E: no space" >&2; exit 100; fi')
        result, _ = self.run_setup()
        self.assertEqual(result.returncode, 100)
        self.assertIn('FAILED in step "set-up: apt-get install"', result.stderr)
        self.assertIn("What to do: check the network and the free disk space", result.stderr)

    def test_another_distribution(self):
        self.system('ID=fedora\nVERSION_ID=40\nPRETTY_NAME="Fedora Linux 40"\n')
        self.installed([])
        result, calls = self.run_setup()
        self.assertEqual(result.returncode, 2)
        self.assertEqual(calls, [])
        self.assertIn("no package list for Fedora Linux 40", result.stderr)
        self.assertIn("What to do: use Debian 12", result.stderr)

    def test_unknown_option(self):
        self.installed([])
        result, calls = self.run_setup("--fast")
        self.assertEqual((result.returncode, calls), (2, []))
        self.assertIn("unknown option '--fast'", result.stderr)


class Tree(unittest.TestCase):
    def test_no_path_of_a_machine(self):
        for file in tree():
            if file.suffix in TEXT_SUFFIXES and "data" not in file.relative_to(SOURCE).parts[:1]:
                for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                    if MACHINE_PATHS.search(line):
                        self.fail(f"{file.relative_to(SOURCE)}:{number}: a path of one machine: {line.strip()}")

    def test_files_are_small(self):
        """Big files belong into the reference data, not into the history."""
        for file in tree():
            limit = 500_000 if "oracle" in file.parts else 200_000
            self.assertLessEqual(file.stat().st_size, limit, file.relative_to(SOURCE))


if __name__ == "__main__":
    unittest.main()
