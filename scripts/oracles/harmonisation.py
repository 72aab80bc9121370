#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Golden tables of harmonisation, nearest neighbours, audits and agreement, by scikit-learn, SciPy and NumPy.

    scripts/oracles/harmonisation.py tests/oracle/select        (Debian: python3-sklearn, python3-scipy)

Writes harmonise_*.csv, compares with what was there, and ends with status 1 when a value differs by more than 1e-9.
"""
import pathlib
import sys

import numpy as np
from scipy import stats
from sklearn.impute import KNNImputer

worst = 0.0


def keep(folder, name, header, rows):
    """Numbers as the shortest text that reads back; NaN is an empty cell."""
    global worst
    rows = np.asarray(rows, dtype=float)
    file = folder / name
    if file.exists():
        before = np.genfromtxt(file, delimiter=",", skip_header=1, ndmin=2)
        worst = max(worst, np.nanmax(np.abs(before - rows)))
    text = [",".join(header)] + [",".join("" if np.isnan(v) else repr(float(v)) for v in row) for row in rows]
    file.write_text("\n".join(text) + "\n", encoding="utf-8")


def data():
    """Columns site (0 to 2 and, for new rows only, 3), new (0 or 1), eight features."""
    rng = np.random.default_rng(20)
    site = np.array([0] * 25 + [1] * 20 + [2] * 15 + [0] * 3 + [2] * 3 + [3] * 4)
    new = np.array([0] * 60 + [1] * 10)
    shift, scale = rng.normal(0, 1.5, (4, 8)), rng.uniform(0.5, 2, (4, 8))
    x = rng.normal(0, 1, (70, 8)) * scale[site] + shift[site] + np.arange(8) * 3
    x[:, 5] = np.round(x[:, 5])  # ties
    return site, new, np.round(x, 6)


def neighbours(folder, header, new, x):
    """KNNImputer of 4 neighbours, fitted on the rows that are not new; a tenth of the values is missing."""
    rng = np.random.default_rng(21)
    gappy = np.where(rng.uniform(size=x.shape) < 0.1, np.nan, x)
    gappy[7] = np.nan  # a row that shares nothing with any other: column means
    imputer = KNNImputer(n_neighbors=4).fit(gappy[new == 0])
    keep(folder, "harmonise_gaps.csv", header, gappy)
    keep(folder, "harmonise_filled.csv", header, imputer.transform(gappy))


def site_zscore(folder, header, site, new, x):
    out = x.copy()
    for s in range(4):
        of = x[(site == s) & (new == 0)] if s < 3 else x[new == 0]  # an unseen site: all training rows
        out[site == s] = (x[site == s] - of.mean(0)) / of.std(0, ddof=1)
    keep(folder, "harmonise_zscore.csv", header, out)


def site_quantile(folder, header, site, new, x, count=11):
    grid = np.linspace(0, 1, count)
    knots = [np.quantile(x[(site == s) & (new == 0)], grid, axis=0) for s in range(3)]
    target = np.mean(knots, axis=0)
    knots.append(np.quantile(x[new == 0], grid, axis=0))
    out = x.copy()
    for i, s in enumerate(site):
        for j in range(x.shape[1]):
            source, to, v = knots[s][:, j], target[:, j], x[i, j]
            if v < source[0]:
                out[i, j] = v + to[0] - source[0]
            elif v > source[-1]:
                out[i, j] = v + to[-1] - source[-1]
            elif v in source:
                equal = np.flatnonzero(source == v)
                out[i, j] = (to[equal[0]] + to[equal[-1]]) / 2
            else:
                out[i, j] = np.interp(v, source, to)
    keep(folder, "harmonise_quantile.csv", header, out)


def audit(folder, site, new, x):
    """Rows: features. Two sites (0 and 1): Student's t, p, Cohen's f; three: F, p, f."""
    rows = []
    for j in range(x.shape[1]):
        row = []
        for sites in ((0, 1), (0, 1, 2)):
            groups = [x[(site == s) & (new == 0), j] for s in sites]
            test = stats.ttest_ind(*groups) if len(sites) == 2 else stats.f_oneway(*groups)
            every = np.concatenate(groups)
            within = sum(((g - g.mean()) ** 2).sum() for g in groups)
            total = ((every - every.mean()) ** 2).sum()
            row += [test.statistic, test.pvalue, np.sqrt((total - within) / within)]
        rows.append(row)
    keep(folder, "harmonise_audit.csv", ["t", "p_t", "f_two", "F", "p_F", "f_three"], rows)


def prediction(folder, site, new, x):
    """Balanced accuracy of a diagonal discriminant: features 0 to 7, and the noise that is left after site z-scores."""
    train = new == 0
    y = site[train]
    z = x[train].copy()
    for s in range(3):
        z[y == s] = (z[y == s] - z[y == s].mean(0)) / z[y == s].std(0, ddof=1)
    found = []
    for values in (x[train], z):
        fold = np.zeros(len(y), int)
        for s in range(3):
            fold[y == s] = np.arange((y == s).sum()) % 5
        right = np.zeros(len(y), bool)
        for f in range(5):
            fit = fold != f
            means = np.array([values[fit & (y == s)].mean(0) for s in range(3)])
            variance = ((values[fit] - means[y[fit]]) ** 2).sum(0) / (fit.sum() - 3)
            distance = ((values[~fit][:, None, :] - means) ** 2 / variance).sum(2)
            right[~fit] = distance.argmin(1) == y[~fit]
        found.append(np.mean([right[y == s].mean() for s in range(3)]))
    keep(folder, "harmonise_prediction.csv", ["before", "after"], [found])


def agreement(folder, x):
    """Of the first two and of the first three columns of 20 rows: cosine, centred, concordance, within SD and CV."""
    rows = []
    for count in (2, 3):
        r = 10 + x[:20, :1] + 0.2 * x[20:40, :count]
        pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
        cosine = np.mean([r[:, a] @ r[:, b] / np.linalg.norm(r[:, a]) / np.linalg.norm(r[:, b]) for a, b in pairs])
        centred = np.mean([stats.pearsonr(r[:, a], r[:, b])[0] for a, b in pairs])
        cov, mean = np.cov(r.T, ddof=0), r.mean(0)
        concordance = (2 * sum(cov[a, b] for a, b in pairs)
                       / sum(cov[a, a] + cov[b, b] + (mean[a] - mean[b]) ** 2 for a, b in pairs))
        within = np.sqrt(np.mean(r.var(1, ddof=1)))
        relative = np.sqrt(np.mean(r.var(1, ddof=1) / r.mean(1) ** 2))
        rows.append([cosine, centred, concordance, within, relative])
    keep(folder, "harmonise_agreement.csv", ["cosine", "cosine_centred", "concordance", "within_sd", "within_cv"], rows)


def main():
    folder = pathlib.Path(sys.argv[1])
    site, new, x = data()
    header = [f"f{j}" for j in range(x.shape[1])]
    keep(folder, "harmonise_input.csv", ["site", "new"] + header, np.column_stack([site, new, x]))
    neighbours(folder, header, new, x)
    site_zscore(folder, header, site, new, x)
    site_quantile(folder, header, site, new, x)
    audit(folder, site, new, x)
    prediction(folder, site, new, x)
    agreement(folder, x)
    print(f"largest difference {worst:.1e}")
    sys.exit(0 if worst < 1e-9 else 1)


main()
