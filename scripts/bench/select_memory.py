#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Most memory that radfuse-select takes for a large table, and how long.

    scripts/bench/select_memory.py --bin build/release/bin [--rows 10000] [--columns 2500] [--most-mb 1500]

Makes a study whose radiomics table has that many cases and features (noise, a tenth of the features nearly copies of others,
five that tell the outcome), as import and radiomics would have left it, and runs radfuse-select on it: scale, correlation,
lasso, write. Prints peak memory (ru_maxrss) and seconds; ends with status 1 when the peak exceeds --most-mb. NumPy makes
the table.
"""
import argparse
import hashlib
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

STUDY = {
    "study": {"name": "memory", "seed": 1, "output": "results"},
    "cohort": {"manifest": "manifest.csv", "outcome": {"column": "outcome", "positive": "1"}, "site": "site",
               "split": {"column": "split"}},
    "images": {"ct": {"image": "ct_path", "mask": "ct_mask", "dimension": "3d", "modality": "CT"}},
    "radiomics": {"rois": {"tumour": {"from": "mask"}}, "families": ["morphology"]},
    "select": [{"step": "scale"}, {"step": "correlation", "threshold": 0.9}, {"step": "lasso", "folds": 10}],
    "train": {"models": {"rad": ["rad"]}},
}


def with_record(path, text):
    """A file with the record of its making that stages ask for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        for part in text:
            file.write(part)
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    record = {"output": {"file": path.name, "sha256": digest.hexdigest()}, "history": []}
    pathlib.Path(str(path) + ".prov.json").write_text(json.dumps(record), encoding="utf-8")


def table_lines(rows, columns, outcome):
    yield "case_id,roi,reader," + ",".join(f"rad.ct.original.f{j:05d}" for j in range(columns)) + "\n"
    rng = np.random.default_rng(1)
    copies = columns // 10
    for i in range(rows):
        x = rng.normal(0, 1, columns)
        x[:5] += 0.5 * outcome[i]
        x[-copies:] = x[:copies] + 0.1 * x[-copies:]
        yield f"C{i:06d},tumour,," + ",".join(map(repr, x.tolist())) + "\n"


def cohort_lines(rows, outcome):
    yield "case_id,patient_id,reader,reference,outcome,site,split,image.ct,mask.ct\n"
    for i in range(rows):
        split = "test" if i % 5 == 4 else "train"
        yield f"C{i:06d},C{i:06d},,1,{outcome[i]},S{i % 3},{split},i/C{i:06d}.nii.gz,m/C{i:06d}.nii.gz\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=10000)
    parser.add_argument("--columns", type=int, default=2500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--most-mb", type=float, default=1500)
    parser.add_argument("--work", help="folder for the study; otherwise a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.work or temporary)
        outcome = np.random.default_rng(2).integers(0, 2, options.rows)
        results = folder / "results"
        if not (results / "3_radiomics" / "features.radiomics.csv.prov.json").exists():
            with_record(results / "1_import" / "cohort.csv", cohort_lines(options.rows, outcome))
            with_record(results / "3_radiomics" / "features.radiomics.csv",
                        table_lines(options.rows, options.columns, outcome))
        (folder / "study.yaml").write_text(json.dumps(STUDY, indent=1) + "\n", encoding="utf-8")
        begin = time.monotonic()
        done = subprocess.run([options.bin / "radfuse-select", "--study", folder / "study.yaml", "--force", "--quiet",
                               "--threads", str(options.threads)])
        took = time.monotonic() - begin
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        size = (results / "3_radiomics" / "features.radiomics.csv").stat().st_size
        print(f"{options.rows} x {options.columns} ({size / 1e6:.0f} MB of text): peak {usage.ru_maxrss / 1024:.0f} MB, "
              f"{took:.0f} s, {usage.ru_utime + usage.ru_stime:.0f} CPU s")
        sys.exit(0 if done.returncode == 0 and usage.ru_maxrss / 1024 <= options.most_mb else 1)


main()
