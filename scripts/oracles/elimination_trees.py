#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Recursive feature elimination by XGBoost on the Wisconsin breast cancer data: tests/oracle/learn/elimination_trees.csv.

    scripts/oracles/elimination_trees.py WDBC.csv FOLDER     (Debian: python3-xgboost, python3-sklearn)

For every setting and column: its share of the gain of trees on all columns, and the round in which it was dropped (0: kept).
scikit-learn's RFE leaves the order of equal importances open beyond 16 columns, so that the loop is our own, with the first
of equals going first; on 16 columns it is held against RFE.
"""
import csv
import pathlib
import sys

import numpy as np
from sklearn.feature_selection import RFE
from xgboost import XGBClassifier

SETTINGS = [  # importance, trees, depth, step, kept
    ("total_gain", 100, 3, 1, 5),
    ("gain", 50, 2, 0.1, 6),
    ("total_gain", 20, 6, 4, 3),
    ("gain", 1, 1, 1, 4),
]


def trees(importance, count, depth):
    return XGBClassifier(n_estimators=count, max_depth=depth, importance_type=importance, tree_method="exact",
                         base_score=0.5, n_jobs=1)


def shares(x, y, importance, count, depth):
    score = trees(importance, count, depth).fit(x, y).get_booster().get_score(importance_type=importance)
    gain = np.array([score.get(f"f{j}", 0.0) for j in range(x.shape[1])])
    return gain / gain.sum() if gain.sum() > 0 else gain


def rounds_of(x, y, importance, count, depth, step, kept):
    left, dropped = list(range(x.shape[1])), np.zeros(x.shape[1], int)
    each = max(1, int(step * len(left)) if step < 1 else int(step))
    number = 0
    while len(left) > kept:
        number += 1
        order = np.argsort(shares(x[:, left], y, importance, count, depth), kind="stable")
        for k in sorted(order[:min(each, len(left) - kept)], reverse=True):
            dropped[left.pop(k)] = number
    return dropped


def main():
    rows = list(csv.reader(open(sys.argv[1], encoding="utf-8")))[1:]
    x = np.array([[float(v) for v in row[:-1]] for row in rows])
    y = np.array([int(float(row[-1])) for row in rows])
    for importance, count, depth, _, _ in SETTINGS:
        ours = rounds_of(x[:, :16], y, importance, count, depth, 1, 5)
        theirs = RFE(trees(importance, count, depth), n_features_to_select=5, step=1).fit(x[:, :16], y).ranking_
        # RFE numbers backwards: 1 for what is kept, the largest for what went first.
        if not np.array_equal(np.where(ours == 0, 1, 13 - ours), theirs):
            sys.exit(f"scikit-learn's RFE differs from the loop: {ours} {theirs}")
    with open(pathlib.Path(sys.argv[2]) / "elimination_trees.csv", "w", encoding="utf-8") as out:
        out.write("importance,trees,depth,step,kept,column,share,round\n")
        for setting in SETTINGS:
            share, dropped = shares(x, y, *setting[:3]), rounds_of(x, y, *setting)
            for j in range(x.shape[1]):
                out.write(",".join(map(str, setting)) + f",{j},{float(share[j])!r},{dropped[j]}\n")


main()
