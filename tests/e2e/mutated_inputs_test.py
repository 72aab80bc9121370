# SPDX-License-Identifier: Apache-2.0
# Thousands of damaged and hostile files through radfuse-import: it never dies, never hangs, keeps to its limits, and
# what it accepts is sound. `--files 100000` for the long run; the same numbers always make the same files.
import collections
import json
import os
import resource
import shutil
import struct
import subprocess
import time

import nifti_check
import seeds as good
from mutation import generator, spoil, spoil_seed
from support import arguments, expect, expect_no_temporaries, main, read_csv, say, write_csv

MEMORY_MB, SECONDS, PROGRAM_MB = 256, 10, 400  # limits of a case, and what the program may take itself
BATCH_PATIENCE_S = 900
MANIFEST_SHARE = 0.03  # of the files are manifests: each is a run of its own
FEW_HANGS = 0.002      # of the cases may meet the limit of time: a limit that works, and a machine that is busy


def study_of(dimension, role):
    image = {"image": "image", "dimension": dimension, "modality": "CT" if dimension == "3d" else "other"}
    if role == "mask":
        image["mask"] = "mask"
    if dimension == "2d":
        image["spacing_column"] = "spacing"
    return {"study": {"name": "mutation", "seed": 1, "output": "results",
                      "limits": {"memory_mb": MEMORY_MB, "seconds": SECONDS, "file_mb": 16}},
            "cohort": {"manifest": "manifest.csv", "outcome": {"column": "outcome"}, "split": {"column": "split"}},
            "images": {"im": image}}


def run_import(programs, folder):
    """Returns exit code, both streams and seconds; a run that does not end in time is ended and fails the test."""
    command = [str(programs / "radfuse-import"), "--study", str(folder / "study.yaml"), "--threads", "2", "--quiet"]
    start = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, timeout=BATCH_PATIENCE_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        expect(False, f"{folder}: not done after {BATCH_PATIENCE_S} s")
    expect(done.returncode >= 0, f"{folder}: the program died of signal {-done.returncode}")
    text = (done.stdout + done.stderr).decode("utf-8")  # and so the test that it is UTF-8
    controls = [c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160]
    expect(not controls, f"{folder}: control characters reach the terminal: {controls[:5]}")
    expect("AddressSanitizer" not in text and "runtime error" not in text, f"{folder}: {text[-4000:]}")
    return done.returncode, text, time.monotonic() - start


class Batch:
    """Many spoiled copies of one seed as the cases of one study, and one case that is good."""

    def __init__(self, seed, count, folder, number):
        self.seed, self.folder, self.spoiled, self.rows = seed, folder, {}, []
        folder.mkdir(parents=True)
        self.write("seed", seed.files)
        if seed.role == "mask":
            self.write("image", good.slices())
        self.add_row("good", "seed")
        for i in range(count):
            draw = generator(number, seed.name, i)
            victim = draw.choice(seed.victims)
            self.add_spoiled(f"m{i:05d}", victim, spoil_seed(draw, seed, seed.files[victim]))
        write_csv(folder / "manifest.csv", self.rows)
        (folder / "study.yaml").write_text(json.dumps(study_of(seed.dimension, seed.role)), encoding="utf-8")

    def write(self, name, files):
        (self.folder / name).mkdir()
        for file, data in files.items():
            (self.folder / name / file).write_bytes(data)

    def add_row(self, case, place):
        cell = f"{place}/{self.seed.cell}".rstrip("/")
        row = {"case_id": case, "outcome": len(self.rows) % 2, "split": "train" if len(self.rows) % 4 else "test",
               "image": cell if self.seed.role == "image" else "image",
               "mask": cell if self.seed.role == "mask" else "", **self.seed.columns}
        self.rows.append(row)

    def add_spoiled(self, case, victim, data):
        (self.folder / case).mkdir()
        for file in self.seed.files:
            if file != victim:
                os.link(self.folder / "seed" / file, self.folder / case / file)
        (self.folder / case / victim).write_bytes(data)
        self.spoiled[case] = (victim, data)
        self.add_row(case, case)

    def output(self, case):
        results = self.folder / "results" / "1_import"
        image = nifti_check.read(results / "images" / f"{case}.im.nii.gz")
        if self.seed.role == "image":
            return image
        return nifti_check.read_mask(results / "masks" / f"{case}.im.nii.gz", image)

    def expected(self, case):
        """The stored numbers that must come out, by victim; None when the damage lies (also) elsewhere."""
        victim, data = self.spoiled[case]
        whole = self.seed.files[victim]
        if self.seed.unpack:
            data, whole = self.seed.unpack(data), self.seed.unpack(whole)
        if self.seed.data is None:
            return None
        begin, end = self.seed.data
        if data[:begin] != whole[:begin]:
            return None
        is_dicom = victim.endswith(".dcm")
        if (is_dicom and len(data) != end) or (not is_dicom and len(data) < end):
            expect(is_dicom, f"{self.folder}/{case}: accepted, though voxels are missing")
            return None
        return struct.unpack_from(f"<{(end - begin) // struct.calcsize(self.seed.code)}{self.seed.code}", data, begin)

    def check_accepted(self, case, order, reference):
        """Sound, and equal to what the file says where only its voxels were spoiled."""
        place = f"{self.folder / case}"
        try:
            out = self.output(case)
        except (ValueError, OSError, struct.error) as problem:
            expect(False, f"{place}: accepted, but the result is not sound: {problem}")
        try:
            stored = self.expected(case)
        except (ValueError, OSError, good.zlib.error) as problem:
            expect(False, f"{place}: accepted, though the compressed stream is damaged: {problem}")
        if self.seed.name == "png" and out.voxels != reference.voxels:
            return  # spoiled within its checksums: other pixels are what the file says
        if stored is None:
            return
        expect(out.same_grid(reference), f"{place}: only voxels were spoiled, but the grid changed")
        want = list(good.INSIDE if self.seed.role == "mask" else self.seed_values())
        first = len(stored) * self.seed.victims.index(self.spoiled[case][0])
        want[first:first + len(stored)] = [v + self.seed.intercept for v in stored]
        got = [out.voxels[i] for i in order]
        if self.seed.role == "mask":
            want = [int(v != 0) for v in want]
        expect(got == want, f"{place}: accepted with other voxels than the file has")

    def seed_values(self):
        scale = 4 if self.seed.code == "f" else 1
        return [v / scale + self.seed.intercept for v in good.STORED]

    def order(self, image):
        """Where each voxel of the seed lies in the output: every voxel of the good image has its own number."""
        where = {value: i for i, value in enumerate(image.voxels)}
        return [where[v] for v in (self.seed_values() if self.seed.role == "image" else
                                   [v - 1024 for v in good.STORED])]


def check_batch(batch, code, text, counts):
    status = {row["case"]: row for row in read_csv(batch.folder / "results" / "1_import" / "status.csv")}
    name = batch.seed.name
    expect(code in (0, 8), f"{batch.folder}: exit code {code}: {text[-2000:]}")
    expect(status["good"]["status"] == "ok", f"{name}: the good file was refused: {status['good']['message']}")
    reference = batch.output("good")
    image = nifti_check.read(batch.folder / "results" / "1_import" / "images" / "good.im.nii.gz")
    order = batch.order(image) if batch.seed.dimension == "3d" else []
    if batch.seed.role == "mask":
        expect([reference.voxels[i] for i in order] == good.INSIDE, f"{name}: the good mask came out differently")
    for case in batch.spoiled:
        row = status[case]
        message = row["message"]
        counts["accepted" if row["status"] == "ok" else "refused"] += 1
        for word in ("crashed", "needed more than", "took longer", "ended from outside"):
            if word in message:
                counts[word] += 1
                say(f"  {batch.folder / case}: {message}")
        expect("mistake of ours" not in message, f"{batch.folder / case}: {message}")
        expect(row["status"] == "ok" or len(message) > 20, f"{batch.folder / case}: says nothing: {message!r}")
        if row["status"] == "ok":
            batch.check_accepted(case, order, reference)
    expect_no_temporaries(batch.folder / "results")


def spoiled_manifests(programs, work, count, number, counts):
    """Manifests: a run of its own for each, over three good cases."""
    folder = work / "manifests"
    folder.mkdir()
    for k in range(3):
        (folder / f"c{k}.nii").write_bytes(good.nifti(good.STORED, "h"))
    rows = [{"case_id": f"C{k}", "patient_id": f"P{k}", "outcome": k % 2, "split": ["train", "test", "train"][k],
             "image": f"c{k}.nii", "mask": ""} for k in range(3)]
    write_csv(folder / "whole.csv", rows)
    (folder / "study.yaml").write_text(json.dumps(study_of("3d", "mask")), encoding="utf-8")
    before = sorted(path.name for path in [*work.iterdir(), *folder.iterdir()])
    for i in range(count):
        shutil.rmtree(folder / "results", ignore_errors=True)
        data = spoil(generator(number, "manifest", i), (folder / "whole.csv").read_bytes())
        (folder / "manifest.csv").write_bytes(data)
        code, text, _ = run_import(programs, folder)
        counts[f"manifest: exit code {code}"] += 1
        expect(code in (0, 2, 3, 8, 9), f"manifest {i}: exit code {code}: {data!r}: {text}")
        for path in (folder / "results").rglob("*.nii.gz"):
            nifti_check.read(path)
        there = {path.name for path in [*work.iterdir(), *folder.iterdir()]} - {"manifest.csv", "results"}
        expect(sorted(there) == sorted(set(before)), f"manifest {i}: something was written elsewhere: {data!r}")
    counts["manifests"] = count


def shares(total, all_seeds):
    """Files for each seed, in batches that a disk and a status table can carry."""
    for k, seed in enumerate(all_seeds):
        count = total // len(all_seeds) + (1 if k < total % len(all_seeds) else 0)
        for first in range(0, count, 2000):
            yield seed, first, min(2000, count - first)


def test():
    options = arguments("Mutated inputs", files=(5000, "how many spoiled files"), seed=(20260101, "of the random numbers"))
    counts = collections.Counter()
    all_seeds = [*good.image_seeds(), *good.mask_seeds()]
    manifests = int(options.files * MANIFEST_SHARE)
    slowest = 0.0
    for seed, first, count in shares(options.files - manifests, all_seeds):
        folder = options.work / f"{seed.name}_{first}"
        batch = Batch(seed, count, folder, f"{options.seed}/{first}")
        before = dict(counts)
        code, text, seconds = run_import(options.bin, folder)
        check_batch(batch, code, text, counts)
        slowest = max(slowest, seconds)
        say(f"{seed.name}: {count} files, {counts['accepted'] - before.get('accepted', 0)} accepted, {seconds:.1f} s")
        shutil.rmtree(folder)
    spoiled_manifests(options.bin, options.work, manifests, options.seed, counts)
    used_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    say(f"{dict(counts)}, largest process {used_mb:.0f} MB, longest batch {slowest:.1f} s")
    expect(used_mb <= MEMORY_MB + PROGRAM_MB, f"a process took {used_mb:.0f} MB")
    expect(counts["took longer"] <= 1 + FEW_HANGS * options.files, f"{counts['took longer']} cases met the limit of time")
    expect(counts["accepted"] > 0 and counts["refused"] > counts["accepted"] / 4, "the mutation does not bite")


if __name__ == "__main__":
    main(test)
