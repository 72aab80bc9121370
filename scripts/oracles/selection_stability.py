#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The stability of selection of tests/unit/stats/selection_stability_test.cpp, with NumPy, and Kuncheva's index.

    scripts/oracles/selection_stability.py        (Debian: python3-numpy)
"""
import itertools

import numpy as np


def nogueira(z):
    """Value and standard error of Nogueira, Sechidis and Brown (J Mach Learn Res 2018, 18(174)), term by term."""
    samples, features = z.shape
    p, k = z.mean(0), z.sum(1)
    mean = k.mean()
    chance = mean / features * (1 - mean / features)
    value = 1 - np.var(z, axis=0, ddof=1).mean() / chance
    phi = np.array([((z[i] * p).mean() - k[i] * mean / features**2
                     + value / 2 * (2 * mean * k[i] / features**2 - k[i] / features - mean / features + 1)) / chance
                    for i in range(samples)])
    return value, np.sqrt(4 / samples**2 * ((phi - phi.mean())**2).sum())


def kuncheva(z):
    features, k = z.shape[1], z.sum(1)[0]
    return np.mean([((z[a] * z[b]).sum() - k * k / features) / (k - k * k / features)
                    for a, b in itertools.combinations(range(len(z)), 2)])


def main():
    i, f = np.meshgrid(np.arange(40), np.arange(25), indexing="ij")
    z = ((i * 7919 + f * 104729 + i * f * 31) % 97 < 12 + 60 * (f < 6)).astype(float)
    value, error = nogueira(z)
    print("table", int(z.sum()), value, value - 1.959963984540054 * error, value + 1.959963984540054 * error)
    equal = np.zeros((10, 12))
    for row in range(10):
        equal[row, [0, 1, (row * row + 2) % 12 if (row * row + 2) % 12 > 1 else 7]] = 1
    print("equal", nogueira(equal)[0], kuncheva(equal))


main()
