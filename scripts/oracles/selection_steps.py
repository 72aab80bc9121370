#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The reference values of tests/oracle/select/steps_oracle_test.cpp, by scikit-learn and SciPy.

    scripts/oracles/selection_steps.py WDBC.csv        (Debian: python3-sklearn, python3-scipy)
"""
import csv
import sys
import warnings

import numpy as np
from scipy import stats
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.feature_selection import RFE, f_classif, mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def mrmr(x, y, count, quotient):
    relevance, r = f_classif(x, y)[0], abs(np.corrcoef(x.T))
    chosen = [int(relevance.argmax())]
    while len(chosen) < count:
        rest = [j for j in range(x.shape[1]) if j not in chosen]
        redundancy = np.maximum(r[np.ix_(rest, chosen)].mean(1), .001)
        score = relevance[rest] / redundancy if quotient else relevance[rest] - redundancy
        chosen.append(rest[int(score.argmax())])
    return chosen


def collinearity(x, threshold):
    left, dropped = list(range(x.shape[1])), []
    while True:
        factor = np.diag(np.linalg.inv(np.corrcoef(x[:, left].T)))
        worst = int(factor.argmax())
        if factor[worst] <= threshold:
            return left, dropped
        dropped.append((left.pop(worst), round(float(factor[worst]), 4)))


def medoids(x, threshold):
    r = abs(stats.spearmanr(x).correlation)
    distance = (1 - r + (1 - r).T) / 2
    np.fill_diagonal(distance, 0)
    label = fcluster(linkage(squareform(distance, checks=False), "average"), 1 - threshold + 1e-12, "distance")
    members = [np.flatnonzero(label == k) for k in np.unique(label)]
    return sorted(int(m[r[np.ix_(m, m)].sum(0).argmax()]) for m in members)


def main():
    warnings.simplefilter("ignore")
    rows = list(csv.reader(open(sys.argv[1], encoding="utf-8")))[1:]
    x = np.array([[float(v) for v in row[:-1]] for row in rows])
    y = np.array([int(float(row[-1])) for row in rows])
    z = StandardScaler().fit_transform(x)
    print("mrmr quotient", mrmr(x, y, 10, True))
    print("mrmr difference", mrmr(x, y, 10, False))
    for step in (1, 5, 0.1):
        rank = RFE(LogisticRegression(C=1, tol=1e-10, max_iter=10000), n_features_to_select=5, step=step).fit(z, y)
        print("elimination", step, np.flatnonzero(rank.support_).tolist())
    print("collinearity", *collinearity(x, 10))
    print("medoids", medoids(x, .9))
    pca = PCA().fit(z)
    print("pca", pca.explained_variance_[:4].tolist(), pca.transform(z)[0, :4].tolist())
    seeds = np.array([mutual_info_classif(x, y, random_state=seed) for seed in range(5)])
    print("mutual information", seeds.mean(0).round(5).tolist(), "range", (seeds.max(0) - seeds.min(0)).max())
    sleep = np.array([.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2, 1.9, .8, 1.1, .1, -.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    print("yeo-johnson", stats.yeojohnson(sleep)[1], stats.yeojohnson(np.exp(np.linspace(-2, 3, 25)))[1])


main()
