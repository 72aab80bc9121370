#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Times selection beside its reference implementations: CPU seconds on one thread, same machine, same run, same data.

Needs R with glmnet, Python with scikit-learn and SciPy (Debian: r-cran-glmnet, python3-sklearn, python3-scipy) and
Radfuse's benchmark program, which is built with the tests:
  scripts/bench/selection_compare.py --bench build/release/bin/radfuse-bench-stats

Tables are noise with ten or twenty features that tell the outcome; in one kind neighbours are alike, in the other twenty
factors lie behind all features, as behind radiomic features. Every time is the least of several runs of the work alone, with
the table in memory. A row says what the two sides took, their ratio, and a number of each side's result.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402  (after the number of threads is set)

GLMNET = """
suppressMessages(library(glmnet))
a <- commandArgs(trailingOnly = TRUE); n <- as.integer(a[2]); p <- as.integer(a[3])
f <- file(a[1], "rb"); x <- matrix(readBin(f, "double", n * p), n); y <- readBin(f, "double", n); close(f)
fold <- (seq_len(n) - 1) %% 10 + 1
for (repeat_ in seq_len(as.integer(a[5]))) {
  t <- proc.time()
  if (a[4] == "path") { fit <- glmnet(x, y, family = "binomial"); r <- max(fit$dev.ratio) }
  else { fit <- cv.glmnet(x, y, family = "binomial", foldid = fold, type.measure = "deviance"); r <- fit$lambda.min }
  t <- proc.time() - t
  cat(format(t[["user.self"]] + t[["sys.self"]], digits = 6), format(r, digits = 12), "\\n")
}
"""


def table(rows, columns, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns))
    # Radiomic features go in families: each column shares half its variance with a neighbour.
    x[:, 1:] = np.sqrt(.5) * (x[:, 1:] + x[:, :-1])
    y = (x[:, :10].sum(1) / np.sqrt(10) + rng.standard_normal(rows) > 0).astype(float)
    return x, y


def factor_table(rows, columns, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns))
    x += .5 * rng.standard_normal((rows, 20)) @ rng.standard_normal((20, columns))
    tells = rng.choice(columns, 20, replace=False)
    effect = ((x - x.mean(0)) / x.std(0))[:, tells] @ rng.standard_normal(20)
    return x, (effect / effect.std() + rng.standard_normal(rows) > 0).astype(float)


def write_table(file, x, y):
    with open(file, "wb") as out:
        out.write(np.asfortranarray(x).tobytes(order="F"))
        out.write(y.tobytes())


def ours(bench, file, x, task, repeats):
    answer = subprocess.run([bench, file, str(x.shape[0]), str(x.shape[1]), task, str(repeats)], check=True,
                            capture_output=True, text=True).stdout.split()
    return float(answer[0]), float(answer[1])


def glmnet(file, x, task, repeats, folder):
    script = folder / "glmnet.R"
    script.write_text(GLMNET)
    lines = subprocess.run(["Rscript", str(script), file, str(x.shape[0]), str(x.shape[1]), task, str(repeats)],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    return min(float(line.split()[0]) for line in lines), float(lines[-1].split()[1])


def timed(work, repeats):
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return best, result


def row(name, mine, theirs, wanted):
    ratio = theirs[0] / mine[0]
    met = "met" if ratio >= wanted else "NOT MET"
    print(f"{name:44s} Radfuse {mine[0]:9.4f} s   peer {theirs[0]:9.4f} s   {ratio:7.2f} times as long "
          f"(wanted {wanted:g}: {met})   results {mine[1]:.6g} and {theirs[1]:.6g}", flush=True)
    return ratio >= wanted


def lasso_rows(args, folder):
    good = True
    for rows, columns in ((400, 2000), (2500, 471)):
        x, y = table(rows, columns)
        file = str(folder / "table.bin")
        write_table(file, x, y)
        for task in ("path", "cv"):
            good &= row(f"binomial lasso {rows} x {columns}, {task}", ours(args.bench, file, x, task, args.repeats),
                        glmnet(file, x, task, args.repeats, folder), 1)
        for kind, make in (("alike", table), ("factors", factor_table)):
            x, y = make(rows, columns)
            write_table(file, x, y)
            good &= row(f"squares {rows} x {columns} ({kind}), LassoCV",
                        ours(args.bench, file, x, "gaussian_cv", args.repeats), lasso_cv(x, y), 40)
    return good


def lasso_cv(x, y):
    """scikit-learn's LassoCV on the same lambdas and folds: columns scaled, as glmnet and Radfuse do by themselves."""
    from sklearn.linear_model import LassoCV
    from sklearn.model_selection import PredefinedSplit

    z = (x - x.mean(0)) / x.std(0)
    largest = np.abs(z.T @ (y - y.mean())).max() / len(y)
    alphas = largest * np.logspace(0, -2 if len(y) < x.shape[1] else -4, 100)
    model = LassoCV(alphas=alphas, cv=PredefinedSplit(np.arange(len(y)) % 10), max_iter=10000)
    took, fit = timed(lambda: model.fit(z, y), 1)
    return took, fit.alpha_


def univariate_rows(args, folder):
    from scipy.stats import mannwhitneyu
    from sklearn.feature_selection import mutual_info_classif

    x, y = table(400, 2000)
    file = str(folder / "table.bin")
    write_table(file, x, y)
    good = row("mutual information 400 x 2000, scikit-learn", ours(args.bench, file, x, "mutual_information", args.repeats),
               timed(lambda: mutual_info_classif(x, y.astype(int), random_state=0).sum(), 1), 20)
    mine = ours(args.bench, file, x, "mann_whitney", args.repeats)
    one_by_one = timed(lambda: sum(mannwhitneyu(c[y == 1], c[y == 0]).pvalue for c in x.T), args.repeats)
    at_once = timed(lambda: mannwhitneyu(x[y == 1], x[y == 0]).pvalue.sum(), args.repeats)
    good &= row("Mann-Whitney 400 x 2000, SciPy by column", mine, one_by_one, 20)
    row("Mann-Whitney 400 x 2000, SciPy at once", mine, at_once, 1)
    return good


def map_rows(args, folder):
    """Clouds, as tables of components are, so that there is something to map."""
    from sklearn.manifold import TSNE

    rng = np.random.default_rng(1)
    x = rng.standard_normal((2500, 50)) + 3 * rng.standard_normal((10, 50))[np.arange(2500) % 10]
    file = str(folder / "table.bin")
    write_table(file, x, (np.arange(2500) % 2).astype(float))
    model = TSNE(method="barnes_hut", init="pca", learning_rate="auto", random_state=0, n_jobs=1)
    took, fit = timed(lambda: model.fit(x), 1)
    return row("t-SNE 2500 x 50, scikit-learn", ours(args.bench, file, x, "tsne", min(args.repeats, 3)),
               (took, fit.kl_divergence_), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True, help="radfuse-bench-stats")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="parts whose name has this: lasso, univariate, map")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        good = [part(args, pathlib.Path(folder)) for part in (lasso_rows, univariate_rows, map_rows)
                if args.only in part.__name__]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
