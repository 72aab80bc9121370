#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The reference values of tests/oracle/stats/l21_oracle_test.cpp and of elimination by support vectors, by NumPy and
scikit-learn.

    scripts/oracles/sparse_selection.py FOLDER_WITH_WDBC_AND_WINE        (Debian: python3-sklearn)
"""
import pathlib
import sys

import numpy as np
from sklearn.feature_selection import RFE, mutual_info_classif
from sklearn.linear_model import MultiTaskLasso
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def l21(m):
    return np.sqrt((m ** 2).sum(1)).sum()


def robust(x, y, gamma, tolerance, rounds, ridge):
    """Nie et al. 2010, algorithm 1, on [x gamma I], in the form with one equation for each row."""
    n, p = x.shape
    a, d, before = np.hstack([x, gamma * np.eye(n)]), np.ones(p + n), None
    for count in range(1, rounds + 1):
        u = (a / d).T @ np.linalg.solve((a / d) @ a.T + ridge * np.eye(n), y)
        d = 1 / (2 * np.maximum(np.sqrt((u ** 2).sum(1)), 1e-12))
        objective = l21(x @ u[:p] - y) + gamma * l21(u[:p])
        if before is not None and abs(before - objective) < tolerance:
            break
        before = objective
    return np.sqrt((u[:p] ** 2).sum(1)), objective, count


def main():
    folder = pathlib.Path(sys.argv[1])
    wdbc, wine = (np.loadtxt(folder / name, delimiter=",", skiprows=1) for name in ("wdbc.csv", "wine.csv"))
    x, label = StandardScaler().fit_transform(wine[:, :13]), wine[:, 13].astype(int)
    y = np.eye(3)[label]
    for name, setting in (("stopped", (1e-3, 1000, 1e-6)), ("converged", (1e-13, 20000, 0))):
        norms, objective, rounds = robust(x, y, 1, *setting)
        print("robust", name, norms.round(5).tolist(), round(objective, 9), rounds, np.argsort(-norms).tolist())
    fit = MultiTaskLasso(alpha=.1, tol=1e-14, max_iter=10 ** 6).fit(x, y)
    print("least squares", np.sqrt((fit.coef_ ** 2).sum(0)).round(12).tolist())
    z, benign = StandardScaler().fit_transform(wdbc[:, :30]), wdbc[:, 30].astype(int)
    for step in (1, 5, .1):
        left = RFE(SVC(kernel="linear", C=1, tol=1e-8), n_features_to_select=5, step=step).fit(z, benign).support_
        print("elimination", step, np.flatnonzero(left).tolist())
    print("mutual information", mutual_info_classif(wdbc[:, :30], benign, random_state=0)[:8].round(6).tolist())


main()
