# SPDX-License-Identifier: Apache-2.0
"""What the cohort scripts share: command line, reading the reference data, writing the manifest."""
import argparse
import csv
import os
import sys


def fail(message):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def arguments(description, default_out):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--data", metavar="DIR", default=os.environ.get("RADFUSE_REFERENCE_DATA", "../shared/data"),
        help="folder of the reference data (default: $RADFUSE_REFERENCE_DATA, else ../shared/data)")
    parser.add_argument(
        "--out", metavar="FILE", default=default_out,
        help=f"manifest to write (default: {default_out}, which is where the study file in configs/real looks)")
    return parser.parse_args()


def read_rows(path, columns):
    """Rows of a CSV as dictionaries; stops with a message when the file or a column is missing."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except OSError as error:
        fail(f"{path}: {error.strerror}; give the folder of the reference data with --data or RADFUSE_REFERENCE_DATA")
    missing = [c for c in columns if c not in (reader.fieldnames or [])]
    if missing:
        fail(f"{path}: has no column {', '.join(missing)}; is this the reference data that docs/real-cohorts.md names?")
    return rows


def relative(path, manifest):
    """The path as the manifest states it: relative to the manifest's own folder. Stops when there is no such file."""
    if not os.path.isfile(path):
        fail(f"{path}: no such file, though the cohort's table names it")
    return os.path.relpath(os.path.abspath(path), os.path.dirname(os.path.abspath(manifest))).replace(os.sep, "/")


def write_manifest(path, header, rows):
    """Sorted by case, LF line ends; written whole or not at all."""
    temporary = f"{path}.tmp{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(temporary, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(sorted(rows))
        os.replace(temporary, path)
    except OSError as error:
        fail(f"{path}: cannot write: {error.strerror}")
