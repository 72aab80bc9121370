#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Import of a large CT series beside dcm2niix, in one run: MB/s of DICOM, and peak memory.

    scripts/bench/dcm2niix_compare.py --bin build/release/bin [--slices 1000] [--size 512] [--runs 3] [--work FOLDER]

dcm2niix (Debian: apt-get install dcm2niix) converts the same folder to .nii.gz and to .nii. radfuse-import does more:
it hashes every slice, checks the stack, writes acquisition.csv and records what it did.
"""
import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

STUDY = """study: {name: throughput, output: out}
cohort:
  manifest: cases.csv
  outcome: {column: outcome}
  split: {column: split}
images:
  ct: {image: ct_path, dimension: 3d, modality: CT}
"""


def element(group, number, kind, value):
    if isinstance(value, str):
        value = value.encode()
        value += (b"\0" if kind == "UI" else b" ") * (len(value) % 2)
    head = struct.pack("<HH2s", group, number, kind.encode())
    if kind in ("OW", "OB"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def slice_bytes(z, size, pixels):
    uid = f"1.2.826.0.1.3680043.10.999.{z + 1}"
    meta = (element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", "1.2.840.10008.5.1.4.1.1.2") + element(2, 3, "UI", uid)
            + element(2, 0x10, "UI", "1.2.840.10008.1.2.1"))
    us = lambda v: struct.pack("<H", v)
    data = [
        (0x08, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2"), (0x08, 0x18, "UI", uid), (0x08, 0x60, "CS", "CT"),
        (0x20, 0x0D, "UI", "1.2.826.0.1.3680043.10.999"), (0x20, 0x0E, "UI", "1.2.826.0.1.3680043.10.999.0"),
        (0x20, 0x13, "IS", str(z + 1)), (0x20, 0x32, "DS", f"-180\\-180\\{z * 0.5}"),
        (0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"), (0x20, 0x52, "UI", "1.2.826.0.1.3680043.10.999.9"),
        (0x28, 0x02, "US", us(1)), (0x28, 0x04, "CS", "MONOCHROME2"), (0x28, 0x10, "US", us(size)),
        (0x28, 0x11, "US", us(size)), (0x28, 0x30, "DS", "0.7\\0.7"), (0x28, 0x100, "US", us(16)),
        (0x28, 0x101, "US", us(16)), (0x28, 0x102, "US", us(15)), (0x28, 0x103, "US", us(1)),
        (0x28, 0x1052, "DS", "-1024"), (0x28, 0x1053, "DS", "1"), (0x7FE0, 0x10, "OW", pixels)]
    return (b"\0" * 128 + b"DICM" + element(2, 0, "UL", struct.pack("<I", len(meta))) + meta
            + b"".join(element(*e) for e in data))


def write_series(folder, slices, size):
    """A body of water with a bright and a dark part, and noise of 16 HU: compresses about as a patient does."""
    os.makedirs(folder)
    state = 12345
    noise = []
    for _ in range(1 << 16):
        state = (state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        noise.append(((state >> 33) % 33) + ((state >> 43) % 33) - 32)
    rows = []
    for y in range(size):
        row = []
        for x in range(size):
            r = ((x / size - .5) ** 2 + (y / size - .5) ** 2) ** .5
            row.append(24 if r > .45 else 1024 + (400 if r < .1 else 40 if x > size / 2 else 0))
        rows.append(row)
    for z in range(slices):
        words = []
        for y in range(size):
            at = (z * 7919 + y * 104729) % (len(noise) - size)
            words += [v + n for v, n in zip(rows[y], noise[at:at + size])]
        with open(os.path.join(folder, f"I{z:04d}.dcm"), "wb") as out:
            out.write(slice_bytes(z, size, struct.pack(f"<{size * size}h", *words)))


def measured(command, **kwargs):
    """Seconds, CPU seconds and peak MB of the largest process among the command and its children."""
    script = ("import resource, subprocess, sys; rc = subprocess.call(sys.argv[1:]); "
              "u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime, u.ru_maxrss, rc)")
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script] + command, capture_output=True, text=True, **kwargs)
    seconds = time.monotonic() - start
    cpu, peak, rc = done.stdout.strip().splitlines()[-1].split()
    if rc != "0":
        sys.exit(f"{command[0]} ended with {rc}:\n{done.stdout}{done.stderr}")
    return seconds, float(cpu), float(peak) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder with radfuse-import")
    parser.add_argument("--slices", type=int, default=1000)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", help="folder for the series and results (about 3 GB); default: a temporary one")
    args = parser.parse_args()
    work = args.work or tempfile.mkdtemp(prefix="radfuse-throughput-")
    os.makedirs(work, exist_ok=True)
    series = os.path.join(work, "series")
    if not os.path.isdir(series):
        print(f"writing {args.slices} slices of {args.size}x{args.size} ...", flush=True)
        write_series(series, args.slices, args.size)
        write_series(os.path.join(work, "small"), 8, 32)
    megabytes = sum(e.stat().st_size for e in os.scandir(series)) / 1e6
    with open(os.path.join(work, "study.yaml"), "w") as out:
        out.write(STUDY)
    with open(os.path.join(work, "cases.csv"), "w") as out:
        out.write("case_id,outcome,split,ct_path\nA,0,train,series\nB,1,train,small\n")
    commands = {"radfuse-import": [os.path.join(args.bin, "radfuse-import"), "--study", "study.yaml", "--threads", "1",
                                   "--force", "--quiet"]}
    if shutil.which("dcm2niix"):
        for name, z in (("dcm2niix -z i (.nii.gz)", "i"), ("dcm2niix -z n (.nii)", "n")):
            commands[name] = ["dcm2niix", "-o", "converted", "-w", "1", "-z", z, "-b", "n", "-f", "out_" + z, "series"]
    else:
        print("dcm2niix is not installed (apt-get install dcm2niix): not compared")
    os.makedirs(os.path.join(work, "converted"), exist_ok=True)
    best = {}
    for run in range(args.runs):
        for name, command in commands.items():
            if name == "radfuse-import":
                shutil.rmtree(os.path.join(work, "out"), ignore_errors=True)
            seconds, cpu, peak = measured(command, cwd=work)
            if name not in best or seconds < best[name][0]:
                best[name] = (seconds, cpu, peak)
    voxels = args.slices * args.size ** 2
    print(f"{megabytes:.0f} MB of DICOM, {args.slices} slices of {args.size}x{args.size}; best of {args.runs} runs")
    print(f"the volume: {voxels * 4 / 2**20:.0f} MB as 32-bit floats, {voxels * 2 / 2**20:.0f} MB as 16-bit numbers")
    print("| program | seconds | CPU seconds | MB/s | peak MB |\n| --- | --- | --- | --- | --- |")
    for name, (seconds, cpu, peak) in best.items():
        print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {megabytes / seconds:.0f} | {peak:.0f} |")
    if not args.work:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
