# SPDX-License-Identifier: Apache-2.0
# What the program writes about itself equals what is committed, and every link in the documents leads somewhere.
#   documents_test.py RADFUSE      (scripts/update_documents.sh RADFUSE rewrites the generated files)
import re
import subprocess
import sys
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
GENERATED = {"configs/reference.yaml": ["list", "keys"], "configs/study.schema.json": ["list", "schema"]}
RADFUSE = None


class Generated(unittest.TestCase):
    def test_generated_files_are_current(self):
        for name, arguments in GENERATED.items():
            with self.subTest(name):
                result = subprocess.run([RADFUSE, *arguments], capture_output=True, text=True)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual((SOURCE / name).read_text(encoding="utf-8"), result.stdout,
                                 f"{name} is stale: scripts/update_documents.sh {RADFUSE}")


class Studies(unittest.TestCase):
    def test_example_studies_are_sound(self):
        """Every study that is committed is read without a mistake; its images may be absent (exit code 3)."""
        studies = [path for folder in ("configs", "data") for path in (SOURCE / folder).rglob("*.yaml")
                   if str(path.relative_to(SOURCE)) not in GENERATED]
        self.assertGreaterEqual(len(studies), 3)
        for study in studies:
            with self.subTest(study.name):
                result = subprocess.run([RADFUSE, "check", study], capture_output=True, text=True)
                self.assertIn(result.returncode, (0, 3), result.stdout + result.stderr)


class Documents(unittest.TestCase):
    def test_links_lead_somewhere(self):
        documents = [*SOURCE.glob("*.md"), *(SOURCE / "docs").rglob("*.md")]
        self.assertGreaterEqual(len(documents), 8)
        for document in documents:
            for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
                if not re.match(r"[a-z]+:", target):
                    path = document.parent / target.split("#")[0] if not target.startswith("#") else document
                    self.assertTrue(path.exists(), f"{document.relative_to(SOURCE)}: no {target}")

    def test_files_named_in_documents_exist(self):
        """`scripts/x.sh`, `configs/...`, `docs/...` in a document are promises."""
        for document in [*SOURCE.glob("*.md"), *(SOURCE / "docs").rglob("*.md")]:
            for name in re.findall(r"`((?:scripts|configs|docs|data|tests|cmake)/[\w./-]+)`", document.read_text(encoding="utf-8")):
                self.assertTrue((SOURCE / name).exists(), f"{document.relative_to(SOURCE)} names {name}")


if __name__ == "__main__":
    RADFUSE = sys.argv.pop(1)
    unittest.main()
