#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares each file of a folder with the file of the same name in another one: words must be the same, numbers within a
tolerance (the larger of absolute and relative).

    scripts/oracles/compare.py NEW_FOLDER GOLDEN_FOLDER TOLERANCE
"""
import pathlib
import re
import sys

TOKEN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z_]+")


def tokens(file):
    return [(number, token) for number, line in enumerate(file.read_text().splitlines(), 1)
            for token in TOKEN.findall(line.replace('"', ""))]


def numeric(token):
    try:
        return float(token)
    except ValueError:
        return None


def main():
    new, golden, tolerance = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), float(sys.argv[3])
    files = sorted(new.iterdir())
    if not files:
        sys.exit("the script wrote nothing")
    worst, count = 0.0, 0
    for file in files:
        expected = golden / file.name
        if not expected.is_file():
            sys.exit(f"{expected} is not there")
        ours, theirs = tokens(file), tokens(expected)
        if len(ours) != len(theirs):
            sys.exit(f"{file.name}: {len(ours)} words and numbers, not {len(theirs)}")
        for (line, a), (_, b) in zip(ours, theirs):
            x, y = numeric(a), numeric(b)
            if x is None or y is None:
                if a != b:
                    sys.exit(f"{file.name}, line {line}: {a}, not {b}")
                continue
            difference = abs(x - y) / max(1.0, abs(y))
            worst, count = max(worst, difference), count + 1
            if not difference <= tolerance:
                sys.exit(f"{file.name}, line {line}: {a}, not {b}")
    print(f"{count} numbers, largest difference {worst:.1e}")


main()
