# SPDX-License-Identifier: Apache-2.0
# More than sixty words that identify a patient stand in tags, names of files and folders, names of regions and comments of every
# format that is read; some cases fail, so that messages are told, too. No file of the results may hold one of them.
import gzip
import json
import shutil
import struct
import zlib

import identity
from identity import sequence, text
from support import Programs, arguments, expect, main, read_csv, say, write_csv

GIVEN = ["anneliese", "benedikt", "cornelius", "dorothea", "eleonore", "ferdinand", "gottfried", "hildegard", "ignatius",
         "josephine", "konstantin", "leopoldine"]
FAMILY = ["zwingenberger", "yppenburgh", "xanthopoulos", "wolkenstein", "vandervelde", "ulbrichtsen"]
WORDS = [f"{given}{family}" for family in FAMILY for given in GIVEN]  # 72, each in one place only
NUMBERS = ["7700123451", "7700123452", "7700123453", "7700123454"]  # for UIDs, dates and telephones


class Planter:
    """Hands out words, each once, and remembers where each went."""

    def __init__(self):
        self.left, self.used = list(WORDS), {}

    def word(self, where):
        word = self.left.pop(0)
        self.used[word] = where
        return word

    def once(self, where):
        """The same word each time that it is asked for in the same place."""
        return next((word for word, known in self.used.items() if known == where), None) or self.word(where)


# Tags of patients, studies and people (DICOM PS3.6), with the VR of each.
TAGS = [(0x0010, 0x0010, "PN"), (0x0010, 0x0020, "LO"), (0x0010, 0x1000, "LO"), (0x0010, 0x1001, "PN"),
        (0x0010, 0x1040, "LO"), (0x0010, 0x2160, "SH"), (0x0010, 0x21B0, "LT"), (0x0010, 0x4000, "LT"),
        (0x0008, 0x0050, "SH"), (0x0008, 0x0080, "LO"), (0x0008, 0x0081, "ST"), (0x0008, 0x0090, "PN"),
        (0x0008, 0x1010, "SH"), (0x0008, 0x1030, "LO"), (0x0008, 0x103E, "LO"), (0x0008, 0x1040, "LO"),
        (0x0008, 0x1050, "PN"), (0x0008, 0x1060, "PN"), (0x0008, 0x1070, "PN"), (0x0008, 0x1080, "LO"),
        (0x0018, 0x0010, "LO"), (0x0018, 0x1000, "LO"), (0x0018, 0x1030, "LO"), (0x0018, 0x4000, "LT"),
        (0x0020, 0x0010, "SH"), (0x0020, 0x4000, "LT"), (0x0032, 0x1032, "PN"), (0x0032, 0x1060, "LO"),
        (0x0040, 0x0006, "PN"), (0x0040, 0x0254, "LO")]
# Attributes that are told when they look as they should: these do not.
CODED = [(0x0018, 0x0015, "CS"), (0x0018, 0x0060, "DS"), (0x0018, 0x5100, "CS")]


def plant_dicom(folder, planter):
    """The same words in every slice of a series, as scanners do."""
    more = {(group, element): text(vr, planter.word(f"tag {group:04X},{element:04X}")) for group, element, vr in TAGS}
    for group, element, vr in CODED:
        more[group, element] = text(vr, planter.word(f"coded tag {group:04X},{element:04X}"))
    more[0x0009, 0x0010] = text("LO", planter.word("private creator"))
    more[0x0009, 0x1001] = text("LO", planter.word("private text"))
    more[0x0009, 0x1002] = (b"UN", planter.word("private bytes").ljust(40).encode())
    more[0x0010, 0x1002] = sequence({(0x0010, 0x0020): text("LO", planter.word("other patient ids"))})
    more[0x0008, 0x1140] = sequence({(0x0008, 0x1155): text("UI", f"1.2.3.{NUMBERS[0]}"), (0x0040, 0xA170): sequence(
        {(0x0008, 0x0104): text("LO", planter.word("a sequence in a sequence"))})})
    more[0x0010, 0x0030] = text("DA", "19610203")
    more[0x0010, 0x2154] = text("SH", NUMBERS[1])
    for number, file in enumerate(sorted(folder.iterdir())):
        elements = {**identity.parse_dicom(file.read_bytes()), **more}
        elements[0x0020, 0x000E] = text("UI", f"1.2.826.{NUMBERS[2]}")
        elements[0x0008, 0x0018] = elements[0x0002, 0x0003] = text("UI", f"1.2.826.{NUMBERS[3]}.{number + 1}")
        file.write_bytes(identity.dicom_bytes(elements))


def structure_set(planter):
    """One region with a name that identifies, and no contour: whatever reads it must refuse it."""
    sop_class = text("UI", "1.2.840.10008.5.1.4.1.1.481.3")
    return identity.dicom_bytes({
        (2, 1): (b"OB", b"\0\1"), (2, 2): sop_class, (2, 3): text("UI", "1.2.826.5"),
        (2, 16): text("UI", "1.2.840.10008.1.2.1"), (8, 0x16): sop_class, (8, 0x18): text("UI", "1.2.826.5"),
        (8, 0x60): text("CS", "RTSTRUCT"), (0x20, 0xD): text("UI", "1.2.826.6"), (0x20, 0xE): text("UI", "1.2.826.7"),
        (0x3006, 2): text("SH", "label"), (0x3006, 4): text("LO", planter.word("structure set name")),
        (0x3006, 0x20): sequence(
            {(0x3006, 0x22): text("IS", "1"), (0x3006, 0x26): text("LO", planter.word("ROI name"))},
            {(0x3006, 0x22): text("IS", "2"), (0x3006, 0x26): text("LO", planter.word("another ROI name"))}),
    })


def segmentation(planter):
    """A damaged segmentation with a label that identifies."""
    sop_class = text("UI", "1.2.840.10008.5.1.4.1.1.66.4")
    return identity.dicom_bytes({
        (2, 1): (b"OB", b"\0\1"), (2, 2): sop_class, (2, 3): text("UI", "1.2.826.8"),
        (2, 16): text("UI", "1.2.840.10008.1.2.1"), (8, 0x16): sop_class, (8, 0x18): text("UI", "1.2.826.8"),
        (8, 0x60): text("CS", "SEG"), (0x20, 0xD): text("UI", "1.2.826.6"), (0x20, 0xE): text("UI", "1.2.826.9"),
        (0x62, 2): sequence({(0x62, 4): (b"US", b"\1\0"), (0x62, 5): text("LO", planter.word("segment label"))}),
    })


class Cohort:
    """A sample cohort whose files are moved into folders that are named after patients."""

    def __init__(self, programs, base, kind, cases, planter, name):
        self.programs, self.name = programs, name
        self.data = base / planter.word(f"folder of the {kind} images")
        programs.run("sample", self.data, "--kind", kind, "--cases", cases, "--seed", 5)
        self.manifest = self.data / "cases.csv"
        (self.data / "manifest.csv").rename(self.manifest)
        self.rows = read_csv(self.manifest)
        self.folder = base / f"study-{name}"
        self.folder.mkdir()
        self.output = self.folder / "results"
        self.file = self.folder / "study.yaml"

    def cases(self):
        return list(dict.fromkeys(row["case_id"] for row in self.rows))

    def rows_of(self, case):
        return [row for row in self.rows if row["case_id"] == case]

    def path(self, case, what):
        return self.data / self.rows_of(case)[0][f"{self.name}_{what}"]

    def move(self, case, what, new):
        """Moves a case's image (or its first mask) to a new place below the data, and tells the manifest."""
        old = self.rows_of(case)[0][f"{self.name}_{what}"]
        (self.data / new).parent.mkdir(parents=True, exist_ok=True)
        (self.data / old).rename(self.data / new)
        for row in self.rows:
            if row[f"{self.name}_{what}"] == old:
                row[f"{self.name}_{what}"] = str(new)

    def study(self, dimension, modality, **image):
        return {
            "study": {"name": "privacy", "seed": 7, "output": "results"},
            "cohort": {"manifest": f"../{self.data.name}/cases.csv", "outcome": {"column": "outcome", "positive": "1"},
                       "site": "site", "split": {"column": "split"}, "clinical": ["age", "marker_a"],
                       "roots": [f"../{self.data.name}"]},
            "images": {self.name: {"image": f"{self.name}_path", "mask": f"{self.name}_mask", "dimension": dimension,
                                   "modality": modality, **image}},
            "import": {"salt": "pepper-of-the-study", "burned_in": "warn"},
            "radiomics": {"rois": {"lesion": {"from": "mask"}}, "families": ["intensity_statistics", "morphology"]},
            "select": [{"step": "impute"}, {"step": "scale"}, {"step": "correlation", "threshold": 0.9}],
            "train": {"models": {"clinical": ["clin"], "rad": ["rad"]}, "learners": ["logistic"],
                      "validation": {"folds": 2, "repeats": 1, "inner_folds": 2}},
            "evaluate": {"compare": [["rad", "clinical"]]},
        }

    def run(self, study, failing):
        write_csv(self.manifest, self.rows)
        self.file.write_text(json.dumps(study), encoding="utf-8")
        self.programs.run("check", self.file, code=None)
        result = self.programs.run("run", self.file, code=8)
        status = read_csv(self.output / "1_import" / "status.csv")
        failed = {row["case"].split("@")[0] for row in status if row["status"] == "failed"}
        expect(failing <= failed, f"these cases should fail and do not: {sorted(failing - failed)}")
        expect(len(failed) <= len(failing) + 1, f"too many cases fail: {[row for row in status if row['message']]}")
        for words in ("status",), ("explain", sorted(failing)[0]):
            self.programs.run(words[0], self.file, *words[1:], code=None)
        return result


def plant_ct(cohort, planter):
    """Volumes in every format; returns the cases that must fail."""
    cases, failing = cohort.cases(), set()
    series = [case for case in cases if cohort.path(case, "path").is_dir()]
    volumes = [case for case in cases if case not in series]

    plant_dicom(cohort.path(series[0], "path"), planter)
    cohort.move(series[0], "path", f"{planter.word('folder of a series')}/scan")
    slices = planter.word("files of slices")
    for file in sorted(cohort.path(series[1], "path").iterdir()):  # one is missing: the message names its neighbours
        file.rename(file.with_name(f"{slices}_{file.name}"))
    sorted(cohort.path(series[1], "path").iterdir())[8].unlink()
    failing.add(series[1])
    for row in cohort.rows_of(series[0]):  # named by its UID
        row["ct_path"] = f"1.2.826.{NUMBERS[2]}"
    damaged = sorted(cohort.path(series[2], "path").iterdir())[3]
    damaged.write_bytes(damaged.read_bytes()[:300])
    cohort.move(series[2], "path", planter.word("folder of a damaged series"))
    failing.add(series[2])

    for file in cohort.path(series[3], "path").iterdir():  # a word where a number must be: the message tells which
        elements = identity.parse_dicom(file.read_bytes())
        elements[0x0018, 0x0050] = text("DS", planter.once("SliceThickness"))
        file.write_bytes(identity.dicom_bytes(elements))
    failing.add(series[3])

    raw = gzip.decompress(cohort.path(volumes[0], "path").read_bytes())
    raw = identity.label_nifti(raw, planter.word("NIfTI descrip"), planter.word("NIfTI aux_file"), NUMBERS[1],
                               NUMBERS[1])
    cohort.path(volumes[0], "path").write_bytes(
        identity.gzip_named(raw, planter.word("gzip name"), planter.word("gzip comment")))
    cohort.move(volumes[0], "path", f"images/{planter.word('NIfTI file')}.nii.gz")

    for case, make, suffix in ((volumes[1], identity.nrrd_of, "nrrd"), (volumes[2], identity.mha_of, "mha")):
        raw = gzip.decompress(cohort.path(case, "path").read_bytes())
        words = [planter.word(f"{suffix} text {i}") for i in range(2)]
        made = make(raw, words[0], "who", words[1]) if suffix == "nrrd" else make(raw, *words)
        (cohort.data / f"images/{case}.{suffix}").write_bytes(made)
        for row in cohort.rows_of(case):
            row["ct_path"] = f"images/{case}.{suffix}"

    cohort.path(volumes[3], "path").unlink()  # missing
    for row in cohort.rows_of(volumes[3]):
        row["ct_path"] = f"images/{planter.word('a file that is not there')}.nii.gz"
    raw = cohort.path(volumes[4], "path").read_bytes()
    cohort.path(volumes[4], "path").write_bytes(raw[:len(raw) // 2])
    cohort.move(volumes[4], "path", f"images/{planter.word('a truncated file')}.nii.gz")
    mask = bytearray(gzip.decompress(cohort.path(volumes[5], "mask").read_bytes()))
    for at in (80, 280):  # pixdim[1] and srow_x[0]: another grid
        struct.pack_into("<f", mask, at, struct.unpack_from("<f", mask, at)[0] * 1.5)
    cohort.path(volumes[5], "mask").write_bytes(gzip.compress(bytes(mask)))
    cohort.move(volumes[5], "mask", f"masks/{planter.word('a mask on another grid')}.nii.gz")
    for case, make in ((volumes[6], structure_set), (volumes[7], segmentation)):
        (cohort.data / f"masks/{case}.dcm").write_bytes(make(planter))
        for row in cohort.rows_of(case):
            row["ct_mask"] = f"masks/{case}.dcm"
    outside = cohort.folder.parent / f"{planter.word('a file outside')}.nii.gz"
    shutil.copy(cohort.path(volumes[8], "path"), outside)
    for row in cohort.rows_of(volumes[8]):
        row["ct_path"] = f"../{outside.name}"
    return failing | set(volumes[3:9])


def plant_us(cohort, planter):
    """Pictures with texts; returns the cases that must fail."""
    cases = cohort.cases()
    picture = cohort.path(cases[0], "path")
    packed = b"Author\0\0" + zlib.compress(planter.word("PNG zTXt").encode())
    picture.write_bytes(identity.png_with(picture.read_bytes(), (b"tEXt", b"Author\0" + planter.word("PNG tEXt").encode()),
                                          (b"zTXt", packed)))
    cohort.move(cases[0], "path", f"images/{planter.word('PNG file')}.png")
    raw = cohort.path(cases[1], "path").read_bytes()
    cohort.path(cases[1], "path").write_bytes(raw[:200])
    cohort.move(cases[1], "path", f"{planter.word('folder of a damaged picture')}/us.png")
    mask = cohort.path(cases[2], "mask")
    for row in cohort.rows_of(cases[2]):
        (cohort.data / row["us_mask"]).unlink()
    cohort.rows_of(cases[3])[0]["age"] = planter.word("a name in a column of numbers")
    expect(not mask.exists(), "the mask is still there")
    return {cases[1], cases[2], cases[3]}


def expect_nothing_told(cohort, words):
    files = [path for path in sorted(cohort.output.rglob("*")) if path.is_file()]
    expect(len(files) > 50 and any(path.suffix == ".pdf" for path in files), f"only {len(files)} files to search")
    found = [f"{path.relative_to(cohort.output)} holds {word} ({words[word]})"
             for path in files for word in identity.hits(path, str(path.relative_to(cohort.output)), words)]
    expect(not found, f"{len(found)} hits: " + "; ".join(found[:20]))
    return len(files)


def expect_planted(folder, planter):
    """The search finds every word in the inputs, so it would find it in the results."""
    files = [path for path in folder.rglob("*") if path.is_file() and "results" not in path.parts]
    seen = set()
    for path in files:
        seen.update(identity.hits(path, str(path.relative_to(folder)), planter.used))
    missing = {where for word, where in planter.used.items() if word not in seen}
    expect(not missing, f"not planted, or not found where it was planted: {sorted(missing)}")


def test():
    options = arguments("identity stays at home")
    programs = Programs(options.bin)
    planter = Planter()
    ct = Cohort(programs, options.work, "ct3d", 40, planter, "ct")
    us = Cohort(programs, options.work, "us2d", 30, planter, "us")
    failing = plant_ct(ct, planter)
    failing_us = plant_us(us, planter)
    while planter.left:  # the last ones: more names of folders
        word = planter.word("folder of masks")
        case = us.cases()[len(planter.left) % 10 + 4]
        us.move(case, "mask", f"masks/{word}/{case}.png")
    told = ct.run(ct.study("3d", "CT"), failing).text
    us.run(us.study("2d", "US", spacing_column="spacing_mm"), failing_us)
    expect(any(word in told for word in planter.used), "the terminal should name the files that failed")
    expect_planted(options.work, planter)
    words = {**planter.used, **{number: "a number" for number in NUMBERS}, "19610203": "birth date",
             "pepper-of-the-study": "the salt"}
    expect(len(planter.used) >= 60, f"only {len(planter.used)} words were planted")
    searched = sum(expect_nothing_told(cohort, words) for cohort in (ct, us))
    say(f"{len(words)} words, {searched} files searched, 0 hits")


if __name__ == "__main__":
    main(test)
