# SPDX-License-Identifier: Apache-2.0
# radfuse init --from-dicom on a tree as archives export it, and the study that it writes.
import os
import re
import shutil
import stat

import identity
from identity import text
from support import Programs, arguments, expect, main, read_csv, say, write_csv

CASES = 12


def scatter(programs, folder):
    """A sample's CT series in one tree: two in one folder, one with a scout view, one copied, among other files."""
    sample = folder / "sample"
    programs.run("sample", sample, "--kind", "ct3d", "--cases", CASES, "--form", "dicom", "--seed", 4)
    rows = read_csv(sample / "manifest.csv")
    tree = folder / "export"
    for number, row in enumerate(row for row in rows if row["reader"] == "R1"):
        place = tree / ("both" if number < 2 else f"DOE^JANE {number}/CT")
        place.mkdir(parents=True, exist_ok=True)
        for file in sorted((sample / row["ct_path"]).iterdir()):
            shutil.copy(file, place / f"{number}_{file.name}")
        shutil.copy(sample / row["ct_mask"], place.parent / f"{number}_structures")
    shutil.copytree(tree / "DOE^JANE 3", tree / "again")
    (tree / "readme.txt").write_text("not DICOM\n")
    (tree / "broken.dcm").write_bytes(b"")
    scout = identity.parse_dicom(next((tree / "DOE^JANE 4" / "CT").iterdir()).read_bytes())
    scout[0x0008, 0x0008] = text("CS", "ORIGINAL\\PRIMARY\\LOCALIZER")
    scout[0x0008, 0x0018] = scout[0x0002, 0x0003] = text("UI", "1.2.3.4.5")
    scout[0x0020, 0x000E] = text("UI", "1.2.3.4.6")
    scout[0x0008, 0x103E] = text("LO", "=scout of Jane")
    (tree / "DOE^JANE 4" / "scout").write_bytes(identity.dicom_bytes(scout))
    return tree, rows


def test():
    options = arguments("a study from a tree of DICOM files")
    programs = Programs(options.bin)
    tree, rows = scatter(programs, options.work)
    study = options.work / "study"
    told = programs.run("init", study, "--from-dicom", tree).text
    for wanted in (f"{CASES} cases", "1 damaged", "ct: 12 cases, 12 with regions, 1 with several series",
                   "linkage.csv", "never share"):
        expect(wanted in told, f"'{wanted}' is not in what it said:\n{told}")
    for private in ("manifest.csv", "linkage.csv", "choices.csv", "regions.csv", "damaged.csv"):
        mode = stat.S_IMODE(os.stat(study / private).st_mode)
        expect(mode == 0o600, f"{private} has mode {mode:o}")
    manifest = read_csv(study / "manifest.csv")
    expect(list(manifest[0]) == ["case_id", "patient_id", "outcome", "site", "split", "ct_path", "ct_mask"],
           f"columns {list(manifest[0])}")
    expect([row["case_id"] for row in manifest] == [f"C{i:04}" for i in range(1, CASES + 1)], "case ids")
    patients = {row["patient_id"] for row in rows}
    shared = (study / "study.yaml").read_text() + (study / "manifest.csv").read_text()
    expect("DOE" not in (study / "manifest.csv").read_text(), "the manifest holds a folder's name")
    expect(not any(re.search(rf"\b{patient}\b", shared) for patient in patients), "a DICOM PatientID is told")
    linkage = read_csv(study / "linkage.csv")
    expect({row["dicom_patient_id"] for row in linkage} == patients, "linkage.csv does not name every patient")
    choices = read_csv(study / "choices.csv")
    expect(len(choices) == 2 and choices[1]["cell"] == "1.2.3.4.6" and choices[1]["chosen"] == "0" and
           choices[1]["description"] == "'=scout of Jane", f"choices.csv: {choices}")
    expect({row["name"] for row in read_csv(study / "regions.csv")} >= {"lesion"}, "regions.csv lacks the lesion")

    truth = {row["patient_id"]: row for row in rows}
    by_case = {row["case_id"]: row["dicom_patient_id"] for row in linkage}
    for row in manifest:
        known = truth[by_case[row["case_id"]]]
        row.update({column: known[column] for column in ("outcome", "site", "split")})
    write_csv(study / "manifest.csv", manifest)
    programs.run("check", study / "study.yaml")
    programs.run("run", study / "study.yaml", "--to", "import")
    expect(len(read_csv(study / "out/1_import/cohort.csv")) == CASES, "not every case was imported")
    status = programs.run("status", study / "study.yaml", code=None).text
    expect("import: done" in status, f"import is not up to date: {status}")

    series = next(row for row in linkage if row["column"] == "ct_path" and row["chosen"] == "1" and
                  row["case_id"] == "C0005")
    slice_file = next(iter(sorted(os.scandir(series["folder"]), key=lambda entry: entry.name)))
    raw = bytearray(open(slice_file.path, "rb").read())
    raw[-1] ^= 1  # one slice changes: its case, and no other, is out of date
    open(slice_file.path, "wb").write(raw)
    told = programs.run("run", study / "study.yaml", "--to", "import").text
    expect("1 computed" in told and f"{CASES - 1} unchanged" in told, f"after one slice changed: {told}")
    programs.run("init", study, "--from-dicom", tree, code=4)
    programs.run("init", options.work / "empty-study", "--from-dicom", options.work / "sample" / "masks", code=3)
    say(f"{CASES} cases found and imported")


if __name__ == "__main__":
    main(test)
