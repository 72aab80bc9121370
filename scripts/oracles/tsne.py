#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reference values of tests/oracle/stats/tsne_oracle_test.cpp, by scikit-learn 1.2.1.

    scripts/oracles/tsne.py IRIS.csv WDBC.csv MAPS.csv PLANES.csv        (Debian: python3-sklearn)

MAPS.csv: of scikit-learn's map of each table (columns standardised, 1/n), the divergence computed anew over all pairs,
and the trustworthiness (5 neighbours). PLANES.csv: the same of the plane of the first two columns, which needs no
descent, so that these are numbers to compare digit by digit. Neighbours: the 90 nearest rows, perplexity 30.
"""
import csv
import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
from sklearn.manifold import TSNE, trustworthiness  # noqa: E402
from sklearn.manifold._t_sne import _joint_probabilities_nn  # noqa: E402
from sklearn.neighbors import NearestNeighbors  # noqa: E402


def read(file):
    rows = list(csv.reader(open(file, encoding="utf-8")))[1:]
    x = np.array([[float(v) for v in row[:-1]] for row in rows])
    return (x - x.mean(0)) / x.std(0)


def divergence(p, at):
    q = 1 / (1 + ((at[:, None] - at[None]) ** 2).sum(2))
    np.fill_diagonal(q, 0)
    p = p.tocoo()
    keep = p.data > 0
    i, j, share = p.row[keep], p.col[keep], p.data[keep]
    share = share / share.sum()
    return float((share * np.log(share / (q[i, j] / q.sum()))).sum())


def main():
    maps, planes = open(sys.argv[3], "w", encoding="utf-8"), open(sys.argv[4], "w", encoding="utf-8")
    for out in (maps, planes):
        out.write("table,divergence,trustworthiness\n")
    for name, file in (("iris", sys.argv[1]), ("wdbc", sys.argv[2])):
        x = read(file)
        near = NearestNeighbors(n_neighbors=90).fit(x).kneighbors_graph(mode="distance")
        near.data **= 2
        p = _joint_probabilities_nn(near, 30, 0)
        at = TSNE(method="barnes_hut", init="pca", learning_rate="auto", random_state=0, n_jobs=1).fit_transform(x)
        for out, places in ((maps, at.astype(float)), (planes, x[:, :2])):
            print(name, divergence(p, places), trustworthiness(x, places), sep=",", file=out)


main()
