# SPDX-License-Identifier: Apache-2.0
# What the end-to-end tests share: starting the programs, a small quick study, and fingerprints of a folder.
import argparse
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

STAGES = ["import", "segment", "radiomics", "deep", "select", "train", "evaluate"]
FOLDERS = {stage: f"{number}_{stage}" for number, stage in enumerate(STAGES, 1)}
TEMPORARY = ".radfuse-tmp-"
TIMEOUT_S = 900


def arguments(description, **extra):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the programs")
    parser.add_argument("--work", type=Path, required=True, help="folder for the studies; emptied first")
    for name, (default, text) in extra.items():
        parser.add_argument(f"--{name}", type=type(default), default=default, help=f"{text} (default {default})")
    parsed = parser.parse_args()
    parsed.bin, parsed.work = parsed.bin.resolve(), parsed.work.resolve()
    if parsed.work.exists():
        shutil.rmtree(parsed.work)
    parsed.work.mkdir(parents=True)
    return parsed


class Failed(Exception):
    """The program did something else than it promises."""


def expect(holds, message):
    if not holds:
        raise Failed(message)


def say(text):
    print(text, flush=True)


def main(test):
    """Runs a test; its last line is the verdict."""
    start = time.monotonic()
    try:
        test()
    except Failed as failure:
        say(f"FAILED after {time.monotonic() - start:.0f} s: {failure}")
        sys.exit(1)
    say(f"OK in {time.monotonic() - start:.0f} s")


class Programs:
    """The front door and the stage programs of one build."""

    def __init__(self, folder):
        self.folder = folder

    def command(self, *words, program="radfuse"):
        return [str(self.folder / program), *map(str, words)]

    def run(self, *words, program="radfuse", code=0, cwd=None):
        """Runs to the end and expects the exit code; returns what was printed on both streams, and the seconds."""
        command = self.command(*words, program=program)
        start = time.monotonic()
        try:
            result = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, cwd=cwd, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise Failed(f"{' '.join(command)}: not done after {TIMEOUT_S} s") from None
        text = (result.stdout + result.stderr).decode("utf-8")
        if code is not None and result.returncode != code:
            raise Failed(f"{' '.join(command)}: exit code {result.returncode}, not {code}; it said:\n{text[-4000:]}")
        result.text, result.seconds = text, time.monotonic() - start
        return result


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def write_csv(path, rows):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def results_in(folder):
    """All files of a study's results; not the logs, and not .radfuse/ (locks, and a cache of time stamps)."""
    return [path for path in sorted(folder.rglob("*"))
            if path.is_file() and path.relative_to(folder).parts[0] not in ("logs", ".radfuse")]


def fingerprints(folder, *suffixes):
    """{path below folder: sha256} of all results, or of those with one of the suffixes."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in results_in(folder) if not suffixes or path.suffix in suffixes}


def expect_same(before, after, what):
    gone, new = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    changed = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
    expect(not (gone or new or changed), f"{what}: missing {gone[:10]}, new {new[:10]}, different {changed[:10]}")


def expect_no_temporaries(folder):
    left = [str(path) for path in folder.rglob(f"{TEMPORARY}*")]
    expect(not left, f"temporary files are left: {left[:10]}")


def stage_of(name):
    """The stage that wrote a file, from its path below the output folder; None for files of the run itself."""
    return next((stage for stage, folder in FOLDERS.items() if Path(name).parts[0] == folder), None)


def quick_study(manifest, name="us"):
    """Every stage on a 2-D synthetic cohort, sized to run in seconds. JSON is YAML, so a dict is the study file."""
    return {
        "study": {"name": "end-to-end", "seed": 7, "output": "results"},
        "cohort": {
            "manifest": manifest,
            "outcome": {"column": "outcome", "positive": "1"},
            "site": "site",
            "split": {"column": "split"},
            "clinical": ["age", "sex", "marker_a", "marker_b"],
        },
        "images": {name: {"image": f"{name}_path", "mask": f"{name}_mask", "dimension": "2d", "modality": "US",
                          "spacing_column": "spacing_mm"}},
        "segment": {"image": name, "size": 64, "train": {"epochs": 2}, "folds": 2},
        "radiomics": {"rois": {"lesion": {"from": "mask"}}, "discretise": {"method": "fixed_bin_number", "bins": 32}},
        "deep": [{"name": "ae", "image": name, "network": "attention_autoencoder_2d", "features": 16, "size": 32,
                  "train": {"epochs": 2}}],
        "select": [
            {"step": "reliability", "threshold": 0.5},
            {"step": "combat", "unseen": "adapt_unlabelled", "min_samples": 2},
            {"step": "impute"},
            {"step": "scale"},
            {"step": "correlation", "threshold": 0.9},
            {"step": "elimination", "learner": "xgboost", "features": 20, "drop": 0.4,
             "xgboost": {"rounds": 5, "depth": 2}},
            {"step": "lasso", "folds": 3},
        ],
        "selection_frequency": {"bootstraps": 6},
        "train": {
            "models": {"clinical": ["clin"], "rad": ["rad"], "deep": ["deep"], "fusion": ["rad", "deep", "clin"]},
            "learners": ["logistic", "xgboost"],
            "validation": {"folds": 3, "repeats": 1, "inner_folds": 2},
            "xgboost": {"rounds": 10, "depth": [2], "learning_rate": [0.2]},
        },
        "evaluate": {"compare": [["fusion", "rad"], ["fusion", "clinical"]]},
    }


class StudyFolder:
    """A synthetic cohort with a quick study of our own beside it."""

    def __init__(self, programs, folder, kind="us2d", cases=24, seed=3):
        self.programs, self.folder = programs, folder
        programs.run("sample", folder, "--kind", kind, "--cases", cases, "--seed", seed)
        self.file = folder / "quick.yaml"
        self.manifest = folder / "manifest.csv"
        self.output = folder / "results"
        self.study = quick_study(self.manifest.name)
        self.save()

    def save(self):
        self.file.write_text(json.dumps(self.study, indent=2) + "\n", encoding="utf-8")

    def run(self, *words, code=0):
        return self.programs.run("run", self.file, *words, code=code)

    def forget_results(self):
        if self.output.exists():
            shutil.rmtree(self.output)


def output_of(study_file):
    """Where a study file (not written by us) puts its results."""
    found = re.search(r"^\s+output:\s*(\S+)", study_file.read_text(encoding="utf-8"), re.M) or \
        re.search(r"output:\s*([^,}\s]+)", study_file.read_text(encoding="utf-8"))
    return study_file.parent / (found.group(1) if found else "out")
