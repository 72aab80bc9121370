#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Manifest of the breast ultrasound cohort (BUSI): benign or malignant, 35 + 50 lesions with masks."""
import os

from common import arguments, fail, read_rows, relative, write_manifest

COLUMNS = ["id", "label", "image", "mask", "resized"]


def main():
    args = arguments(__doc__ + " Images that the source repository had cropped and resized are left out: all of them "
                     "are benign, so their size alone would give the answer away.", "out/real/busi.csv")
    folder = os.path.join(args.data, "busi")
    rows = []
    for row in read_rows(os.path.join(folder, "labels.csv"), COLUMNS):
        if row["label"] not in ("0", "1") or row["resized"] not in ("0", "1"):
            fail(f"{folder}/labels.csv: {row['id']}: label and resized must be 0 or 1")
        if row["resized"] == "1":
            continue
        rows.append([row["id"], row["label"], relative(os.path.join(folder, row["image"]), args.out),
                     relative(os.path.join(folder, row["mask"]), args.out)])
    if not rows:
        fail(f"{folder}/labels.csv: has no usable row")
    write_manifest(args.out, ["case_id", "malignant", "us_path", "us_mask"], rows)
    malignant = sum(row[1] == "1" for row in rows)
    print(f"{args.out}: {len(rows)} lesions, {malignant} malignant, {len(rows) - malignant} benign")


if __name__ == "__main__":
    main()
