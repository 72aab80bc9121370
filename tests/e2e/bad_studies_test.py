# SPDX-License-Identifier: Apache-2.0
# Twelve bad studies: each ends with its exit code and a message to act on; other cases go on; nothing half-written remains.
import copy
import gzip
import json
import re
import shutil
import struct

from support import Programs, StudyFolder, arguments, expect, expect_no_temporaries, fingerprints, main, read_csv, say, \
    write_csv

USAGE, INPUT, OUTPUT, SOME_FAILED = 2, 3, 4, 8


class Bad:
    """A fresh copy of a good cohort, to be spoiled in one way."""

    def __init__(self, good, folder, image):
        shutil.copytree(good.folder, folder)
        self.folder, self.image = folder, image
        self.file, self.manifest, self.output = folder / "quick.yaml", folder / "manifest.csv", folder / "results"
        self.study = copy.deepcopy(good.study)
        self.rows = read_csv(self.manifest)
        self.victim = self.rows[4]["case_id"]

    def victim_rows(self):
        return [row for row in self.rows if row["case_id"] == self.victim]

    def path(self, what):
        """The image ("path") or the first mask ("mask") of the case to be spoiled."""
        return self.folder / self.victim_rows()[0][f"{self.image}_{what}"]

    def save(self):
        self.file.write_text(json.dumps(self.study, indent=2) + "\n", encoding="utf-8")
        write_csv(self.manifest, self.rows)


def unknown_key(bad):
    bad.study["radiomics"]["discretize"] = bad.study["radiomics"].pop("discretise")


def wrong_type(bad):
    bad.study["train"]["validation"]["folds"] = "three"


def missing_column(bad):
    bad.study["cohort"]["clinical"].append("marker_q")


def duplicate_case(bad):
    bad.rows.append(dict(bad.rows[4]))


def read_nifti(path):
    raw = path.read_bytes()
    return bytearray(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def write_nifti(path, raw):
    path.write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)


PIXDIM_1, VOX_OFFSET = 80, 108  # bytes of the NIfTI-1 header: voxel size along the first axis; where the voxels begin


def mask_of_another_geometry(bad):
    for row in bad.victim_rows():
        mask = bad.folder / row[f"{bad.image}_mask"]
        raw = read_nifti(mask)
        struct.pack_into("<f", raw, PIXDIM_1, struct.unpack_from("<f", raw, PIXDIM_1)[0] * 1.5)
        # The voxel size stands also in the affine matrix (srow_x, byte 280), which most readers prefer.
        struct.pack_into("<f", raw, 280, struct.unpack_from("<f", raw, 280)[0] * 1.5)
        write_nifti(mask, raw)


def empty_mask(bad):
    for row in bad.victim_rows():
        mask = bad.folder / row[f"{bad.image}_mask"]
        raw = read_nifti(mask)
        start = int(struct.unpack_from("<f", raw, VOX_OFFSET)[0])
        raw[start:] = bytes(len(raw) - start)
        write_nifti(mask, raw)


def missing_file(bad):
    bad.path("path").unlink()


def truncated_nifti(bad):
    image = bad.path("path")
    image.write_bytes(image.read_bytes()[: image.stat().st_size // 2])


def text_in_a_number_cell(bad):
    for row in bad.victim_rows():
        row["age"] = "old"


def one_class_outcome(bad):
    for row in bad.rows:
        row["outcome"] = "1"


def unknown_site_in_the_test_set(bad):
    """ComBat is told to stop at a site that gave no training row; the third centre is such a site."""
    next(step for step in bad.study["select"] if step["step"] == "combat")["unseen"] = "error"


def output_not_writable(bad):
    # A file where the folder should be: refused for every user, root included.
    (bad.folder / "results").write_text("in the way\n")


# (spoil, exit code, what the message must say, does the rest of the cases go on)
STUDIES = [
    (unknown_key, USAGE, [r"quick\.yaml:\d+:\d+: radiomics\.discretize: unknown key", r"did you mean 'discretise'", r"\^"], False),
    (wrong_type, USAGE, [r"quick\.yaml:\d+:\d+: train\.validation\.folds: .*(whole number|integer)", r"three"], False),
    (missing_column, INPUT, [r"manifest\.csv", r"marker_q", r"did you mean 'marker_[ab]'"], False),
    (duplicate_case, INPUT, [r"manifest\.csv:\d+", r"{victim}", r"(twice|duplicate|again|already)"], False),
    (mask_of_another_geometry, SOME_FAILED, [r"{victim}", r"image .*voxels of 1\.15x1\.15x3 mm", r"mask .*voxels of 1\.725x1\.15x3 mm"], True),
    (empty_mask, SOME_FAILED, [r"{victim}", r"mask", r"empty"], True),
    (missing_file, SOME_FAILED, [r"{victim}", r"no such file"], True),
    (truncated_nifti, SOME_FAILED, [r"{victim}", r"(truncated|too short|shorter|ends|bytes)"], True),
    (text_in_a_number_cell, SOME_FAILED, [r"manifest\.csv:\d+:\d+: age", r"{victim}", r"'old'"], True),
    (one_class_outcome, INPUT, [r"outcome", r"(one class|both classes|only one|no negative)"], False),
    (unknown_site_in_the_test_set, INPUT, [r"C3", r"(site|batch)", r"unseen"], False),
    (output_not_writable, OUTPUT, [r"results", r"(Not a directory|File exists|not a folder|cannot)"], False),
]
NEEDS_NIFTI = {mask_of_another_geometry, empty_mask, truncated_nifti}


def others_went_on(bad, cases):
    cohort = read_csv(bad.output / "1_import" / "cohort.csv")
    ids = {row["case_id"] for row in cohort}
    expect(bad.victim not in ids and len(ids) == cases - 1, f"cohort.csv has {len(ids)} of {cases} cases: {sorted(ids)}")
    features = read_csv(bad.output / "3_radiomics" / "features.radiomics.csv")
    expect({row["case_id"] for row in features} == ids, "not every other case has features")


def nothing_half_written(bad):
    if not bad.output.is_dir():
        return
    expect_no_temporaries(bad.output)
    for path in bad.output.rglob("*"):
        if path.suffix == ".csv":
            read_csv(path)
            expect(path.read_bytes().endswith(b"\n"), f"{path}: the last line is not whole")
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))


def test():
    options = arguments("twelve bad studies")
    programs = Programs(options.bin)
    flat = StudyFolder(programs, options.work / "good-2d", cases=24)
    solid = StudyFolder(programs, options.work / "good-3d", kind="mri3d", cases=12)
    solid.study["images"] = {"mr": {"image": "mr_path", "mask": "mr_mask", "dimension": "3d", "modality": "MR"}}
    for study in (flat, solid):
        study.study.pop("deep"), study.study.pop("segment")
        models = study.study["train"]["models"]
        models.pop("deep")
        models["fusion"] = ["rad", "clin"]
        study.save()
    for name in ("select", "selection_frequency", "train", "evaluate"):
        solid.study.pop(name)
    solid.save()

    for spoil, code, patterns, goes_on in STUDIES:
        good, image = (solid, "mr") if spoil in NEEDS_NIFTI else (flat, "us")
        name = spoil.__name__.replace("_", " ")
        bad = Bad(good, options.work / spoil.__name__, image)
        spoil(bad)
        bad.save()
        result = programs.run("run", bad.file, code=code)
        for pattern in patterns:
            pattern = pattern.replace("{victim}", re.escape(bad.victim))
            expect(re.search(pattern, result.text), f"{name}: nothing like /{pattern}/ in:\n{result.text}")
        expect("terminate called" not in result.text and "std::" not in result.text, f"{name}: a programmer's message:\n{result.text}")
        nothing_half_written(bad)
        if goes_on:
            others_went_on(bad, cases=len({row["case_id"] for row in bad.rows}))
            before = fingerprints(bad.output, ".csv")
            programs.run("run", bad.file, code=code)
            expect(before == fingerprints(bad.output, ".csv"), f"{name}: a second run gives other bytes")
        elif code == USAGE:
            expect(not bad.output.exists(), f"{name}: a study with errors must not write anything")
        say(f"ok: {name}: exit code {code}")


main(test)
