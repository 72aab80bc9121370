#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU seconds of ComBat, Radfuse beside R's sva on the same samples, one thread, in the same run.

    scripts/bench/combat_compare.py --bench build/release/bin/radfuse-bench-combat [--rounds 3] [--priors parametric]

Needs R with sva (Debian: apt-get install r-bioc-sva) and NumPy. Two cases: 15,000 features of 500 samples with parametric
priors, 2,000 features of 500 samples without prior curves; five batches, no covariates. Radfuse: fit_combat and
apply_combat. sva: ComBat(), data in memory, user and system time of proc.time. The two take turns; the least of the
rounds counts. The results are compared, too. Without prior curves sva needs minutes for a round.
"""
import argparse
import os
import pathlib
import subprocess
import tempfile

import numpy as np

BATCHES = 5
CASES = [("parametric", 500, 15000), ("non_parametric", 500, 2000)]
R_PROGRAM = """
suppressMessages(library(sva))
a <- commandArgs(trailingOnly = TRUE)
samples <- as.integer(a[2]); features <- as.integer(a[3])
x <- matrix(readBin(a[1], "double", samples * features), features)
batch <- (seq_len(samples) - 1) %% as.integer(a[4])
begin <- proc.time()
found <- suppressMessages(ComBat(x, batch = batch, par.prior = a[5] == "parametric"))
took <- proc.time() - begin
writeBin(as.vector(found), a[6])
cat(took[["user.self"]] + took[["sys.self"]], "\\n")
"""


def seconds(command):
    alone = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    return float(subprocess.run(command, capture_output=True, text=True, check=True, env=alone).stdout.split()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--priors", nargs="+", default=[prior for prior, _, _ in CASES])
    options = parser.parse_args()
    print("prior,samples,features,radfuse_s,sva_s,ratio,largest_difference")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "combat.R").write_text(R_PROGRAM, encoding="utf-8")
        for prior, samples, features in CASES:
            if prior not in options.priors:
                continue
            rng = np.random.default_rng(features)
            batch = np.arange(samples) % BATCHES
            shift, scale = rng.normal(0, 1, (BATCHES, features)), rng.uniform(0.5, 2, (BATCHES, features))
            x = rng.normal(0, 1, (samples, features)) * scale[batch] + shift[batch] + rng.normal(0, 5, features)
            x.tofile(folder / "x.bin")
            common = [folder / "x.bin", str(samples), str(features), str(BATCHES), prior]
            ours = sva = float("inf")
            for _ in range(options.rounds):
                ours = min(ours, seconds([options.bench, *common, folder / "ours.bin"]))
                sva = min(sva, seconds(["Rscript", folder / "combat.R", *common, folder / "sva.bin"]))
            difference = np.abs(np.fromfile(folder / "ours.bin") - np.fromfile(folder / "sva.bin")).max()
            print(f"{prior},{samples},{features},{ours:.3f},{sva:.3f},{sva / ours:.1f},{difference:.1e}", flush=True)


main()
