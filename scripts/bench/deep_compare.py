#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deep features of a study, NIfTI to CSV: Radfuse beside Python (nibabel, PyTorch, torchvision), in turns, in one run.

    scripts/bench/deep_compare.py --bin build/release/bin [--cases 200] [--threads 1] [--rounds 3]

A sample study of MRI volumes is written; the slice with the largest area of each lesion is cut out with a margin, brought
to grey levels between two percentiles, resized to 224 x 224 pixels, normalised as for ImageNet, and given to a ResNet-18 of
torchvision with random weights, the same file for both; 512 averages for each case go to a CSV. The least of the rounds
counts. Radfuse: radfuse-deep on an imported study, and radfuse-import before it as a number of its own. Python: one process
that loads the network once and takes 16 crops at a time under torch.inference_mode; its start is a number of its own. The
two CSVs must agree to 1e-3 of the largest feature. Debian: apt-get install python3-torchvision python3-nibabel.
"""
import argparse
import csv
import hashlib
import json
import math
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

MARGIN_MM, MARGIN_FRACTION, PERCENTILES, SIZE = 5, 0.1, (0.5, 99.5), 224


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# ---- the Python side, in a process of its own: manifest and weights in, CSV out

def square(mask, spacing):
    """[(first pixel, pixels)] of a square in mm about the region, rows and columns."""
    import numpy as np
    where = np.nonzero(mask)
    longest = max((w.max() - w.min() + 1) * s for w, s in zip(where, spacing))
    side = math.ceil((longest + 2 * max(MARGIN_MM, MARGIN_FRACTION * longest)) / max(spacing) - 1e-9) * max(spacing)
    counts = [math.ceil(side / s - 1e-9) for s in spacing]
    return [(math.floor((w.min() + w.max() + 1) / 2 - n / 2 + 0.5), n) for w, n in zip(where, counts)]


def crop_of(row, folder):
    import nibabel
    import numpy as np
    import torch
    file = nibabel.load(folder / row["mr_path"])
    mask = np.asarray(nibabel.load(folder / row["mr_mask"]).dataobj) > 0
    image = np.asarray(file.dataobj, dtype=np.float32)
    spacing = file.header.get_zooms()[:3]
    z = int(mask.sum((0, 1)).argmax())
    # First axis x: transposed, so that rows come first.
    plane, inside = image[:, :, z].T, mask[:, :, z].T
    for axis, (first, count) in enumerate(square(inside, (spacing[1], spacing[0]))):
        before, after = max(0, -first), max(0, first + count - plane.shape[axis])
        plane = np.pad(plane, [(before, after) if a == axis else (0, 0) for a in range(2)], mode="edge")
        plane = np.take(plane, range(first + before, first + before + count), axis)
    low, high = np.percentile(plane.astype(np.float64), PERCENTILES)
    grey = torch.from_numpy(np.clip((plane.astype(np.float64) - low) / (high - low), 0, 1).astype(np.float32))
    return torch.nn.functional.interpolate(grey[None, None], size=(SIZE, SIZE), mode="bilinear", align_corners=False,
                                           antialias=True)


def python_side(manifest, weights, out, threads):
    began = time.perf_counter()
    import torch
    import torchvision
    torch.set_num_threads(threads)
    net = torchvision.models.resnet18()
    net.load_state_dict(torch.load(weights))
    net.fc = torch.nn.Identity()
    net.eval()
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    ready = time.perf_counter()
    rows = [row for row in read(manifest) if row["reader"] in ("", "R1")]
    folder = manifest.parent
    with open(out, "w", newline="", encoding="utf-8") as file, torch.inference_mode():
        writer = csv.writer(file)
        writer.writerow(["case_id"] + [f"v{i}" for i in range(512)])
        for start in range(0, len(rows), 16):
            batch = rows[start:start + 16]
            crops = torch.cat([crop_of(row, folder) for row in batch]).expand(-1, 3, -1, -1)
            for row, vector in zip(batch, net((crops - mean) / deviation).numpy()):
                writer.writerow([row["case_id"], *vector.tolist()])
    print(json.dumps({"start": ready - began, "work": time.perf_counter() - ready}))


# ---- the comparison

def study(weights):
    return {
        "study": {"name": "bench", "seed": 1, "output": "results"},
        "cohort": {"manifest": "manifest.csv", "outcome": {"column": "outcome", "positive": "1"}, "site": "site",
                   "split": {"column": "split"}, "reference_reader": "R1"},
        "images": {"mr": {"image": "mr_path", "mask": "mr_mask", "dimension": "3d", "modality": "MR"}},
        "deep": [{"name": "net", "image": "mr", "network": "resnet18", "size": SIZE, "slices": "largest_area",
                  "margin_mm": MARGIN_MM, "margin_fraction": MARGIN_FRACTION, "intensity": "percentile",
                  "percentiles": list(PERCENTILES), "weights": weights, "pictures": {"cases": 0}}],
    }


def one_reader(folder):
    """A second reader's masks would be twice the work."""
    rows = [row for row in read(folder / "manifest.csv") if row["reader"] in ("", "R1")]
    with open(folder / "manifest.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def timed(command, **environment):
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - began, done.stdout


def largest_difference(ours, theirs):
    theirs = {row["case_id"]: row for row in theirs}
    worst = scale = 0.0
    for row in ours:
        mine = [float(v) for k, v in row.items() if k.startswith("deep.")]
        other = [float(v) for k, v in theirs[row["case_id"]].items() if k != "case_id"]
        worst = max(worst, max(abs(a - b) for a, b in zip(mine, other, strict=True)))
        scale = max(scale, max(map(abs, other)))
    return worst / scale


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the programs")
    parser.add_argument("--work", type=Path, default=Path("out/bench-deep"), help="folder for the study")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python-side", nargs=3, type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.python_side:
        return python_side(*args.python_side, args.threads)
    import torch
    import torchvision
    folder, weights = args.work / "study", args.work / "resnet18.pth"
    if not (folder / "manifest.csv").exists():
        timed([args.bin / "radfuse", "sample", folder, "--kind", "mri3d", "--cases", str(args.cases)])
        one_reader(folder)
        torch.manual_seed(1)
        torch.save(torchvision.models.resnet18().state_dict(), weights)
    named = {"file": str(weights.resolve()), "sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    (folder / "bench.yaml").write_text(json.dumps(study(named)) + "\n", encoding="utf-8")
    threads = ["--threads", str(args.threads)]
    best = {}

    def keep(name, seconds):
        best[name] = min(best.get(name, math.inf), seconds)

    for _ in range(args.rounds):
        keep("radfuse-import", timed([args.bin / "radfuse-import", "--study", folder / "bench.yaml", "--force", *threads])[0])
        keep("radfuse-deep", timed([args.bin / "radfuse-deep", "--study", folder / "bench.yaml", "--force", *threads])[0])
        command = [sys.executable, __file__, "--bin", args.bin, "--python-side", folder / "manifest.csv", weights,
                   args.work / "python.csv", *threads]
        # OpenBLAS has threads of its own.
        seconds, said = timed([str(word) for word in command], OPENBLAS_NUM_THREADS=str(args.threads))
        keep("Python", seconds)
        keep("of it the work, networks and libraries loaded", json.loads(said)["work"])
    worst = largest_difference(read(folder / "results" / "4_deep" / "features.deep.csv"), read(args.work / "python.csv"))
    print(f"{args.cases} cases, threads: {args.threads}, the least of {args.rounds} rounds; wall seconds")
    for name, seconds in best.items():
        print(f"  {name:48} {seconds:8.2f}")
    print(f"  radfuse-deep / Python: {best['radfuse-deep'] / best['Python']:.2f}; with radfuse-import: "
          f"{(best['radfuse-deep'] + best['radfuse-import']) / best['Python']:.2f}")
    print(f"  largest difference: {worst:.1e} of the largest feature")
    print(f"  largest process of all: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
    return 0 if worst <= 1e-3 else 1


if __name__ == "__main__":
    sys.exit(main())
