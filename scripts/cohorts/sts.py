#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Manifest of the soft-tissue sarcoma cohort: CT, FDG-PET and T1 MR with tumour masks, outcome lung metastasis."""
import os

from common import arguments, fail, read_rows, relative, write_manifest

MODALITIES = {"CT": "ct", "PET": "pet", "MR_T1": "t1"}
CLINICAL = ["lung_metastasis", "age", "sex", "grade"]


def main():
    args = arguments(__doc__, "out/real/sts.csv")
    folder = os.path.join(args.data, "sts")
    files = {}
    for row in read_rows(os.path.join(folder, "files.csv"), ["patient", "modality", "image", "mask"]):
        if row["modality"] in MODALITIES:
            files[row["patient"], row["modality"]] = row
    rows = []
    for patient in read_rows(os.path.join(folder, "clinical.csv"), ["patient"] + CLINICAL):
        name = patient["patient"]
        if patient["lung_metastasis"] not in ("0", "1"):
            fail(f"{folder}/clinical.csv: {name}: lung_metastasis must be 0 or 1")
        cells = [name] + [patient[column] for column in CLINICAL]
        for modality in MODALITIES:
            if (name, modality) not in files:
                fail(f"{folder}/files.csv: has no {modality} of {name}")
            for part in ("image", "mask"):
                cells.append(relative(os.path.join(folder, files[name, modality][part]), args.out))
        rows.append(cells)
    if not rows:
        fail(f"{folder}/clinical.csv: has no patients")
    paths = [f"{short}_{part}" for short in MODALITIES.values() for part in ("path", "mask")]
    write_manifest(args.out, ["case_id"] + CLINICAL + paths, rows)
    print(f"{args.out}: {len(rows)} patients, {sum(row[1] == '1' for row in rows)} with lung metastasis")


if __name__ == "__main__":
    main()
