# SPDX-License-Identifier: Apache-2.0
# A whole study to exit code 0: every promised file is there; a second run does nothing; a changed knob re-runs what depends on it.
import json
import shutil
import time

from support import FOLDERS, STAGES, Programs, StudyFolder, arguments, expect, expect_no_temporaries, expect_same, \
    fingerprints, main, output_of, read_csv, results_in, say, stage_of
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
PROMISED = [
    "1_import/cohort.csv", "1_import/acquisition.csv", "1_import/images/", "1_import/masks/",
    "2_segment/quality.csv", "2_segment/masks/", "2_segment/model/",
    "3_radiomics/features.radiomics.csv",
    "3_radiomics/features.radiomics.diagnostics.csv",
    "4_deep/features.deep.csv", "4_deep/model/",
    "5_select/features.selected.csv", "5_select/selection.csv", "5_select/selection_steps.csv", "5_select/chain.json",
    "5_select/harmonisation.csv", "5_select/harmonisation_summary.csv", "5_select/map.csv", "5_select/map_summary.csv",
    "6_train/predictions.csv", "6_train/model/",
    "7_evaluate/metrics.csv", "7_evaluate/report.html", "7_evaluate/figures/", "7_evaluate/checklists/",
]
WITH_PROVENANCE = [name for name in PROMISED if name.endswith(".csv")]
KEY_COLUMNS = ["case_id", "roi", "reader"]


def expect_promised_files(output):
    for name in PROMISED:
        path = output / name
        if name.endswith("/"):
            expect(path.is_dir() and any(path.iterdir()), f"{name}: no such folder, or nothing in it")
        else:
            expect(path.is_file() and path.stat().st_size > 0, f"{name}: no such file, or empty")
    for name in WITH_PROVENANCE:
        record = output / f"{name}.prov.json"
        expect(record.is_file(), f"{record.name}: no such file")
        json.loads(record.read_text(encoding="utf-8"))


def expect_tables(output, cases):
    """What any reader of the files may rely on, whatever the numbers are."""
    cohort = read_csv(output / "1_import/cohort.csv")
    ids = {row["case_id"] for row in cohort}
    expect(len(ids) == cases, f"cohort.csv has {len(ids)} cases, not {cases}")
    for name in ("3_radiomics/features.radiomics.csv", "4_deep/features.deep.csv", "5_select/features.selected.csv"):
        raw = (output / name).read_bytes()
        expect(b"\r" not in raw and raw.endswith(b"\n"), f"{name}: lines must end in LF")
        rows = read_csv(output / name)
        expect(list(rows[0])[:3] == KEY_COLUMNS, f"{name}: begins with {list(rows[0])[:3]}")
        keys = [tuple(row[column] for column in KEY_COLUMNS) for row in rows]
        expect(keys == sorted(set(keys)), f"{name}: rows are not sorted by key, or not unique")
        expect({row["case_id"] for row in rows} == ids, f"{name}: not the cases of the cohort")
        # A selected column stands under the model that it was transformed for: fusion.rad.us...
        origins = [column.split(".", 1)[1] if name.startswith("5_select") else column for column in list(rows[0])[3:]]
        expect(all(origin.startswith(("rad.", "deep.", "clin.")) for origin in origins), f"{name}: a column without origin")
        words = {value.lower() for row in rows for column, value in row.items() if column not in KEY_COLUMNS}
        expect(not words & {"nan", "inf", "-inf", "-nan"}, f"{name}: an undefined value must be an empty cell")
    report = (output / "7_evaluate/report.html").read_text(encoding="utf-8")
    expect("<html" in report and "</html>" in report, "report.html is not a whole page")
    for section in ("Harmonisation", "Maps of the cases"):
        expect(f">{section}</h2>" in report, f"report.html has no section '{section}'")
    for row in read_csv(output / "5_select/map_summary.csv"):
        points = [point for point in read_csv(output / "5_select/map.csv")
                  if (point["model"], point["map"]) == (row["model"], row["map"])]
        expect(bool(row["reason"]) != (len(points) == cases), f"map of {row['model']}, {row['map']}: {len(points)} points")
    for word in ("src=\"http", "href=\"http", "@import", "url(http"):
        expect(word not in report, f"report.html is not self-contained: {word}")


def expect_selection_counts(study):
    """Both counts of selected features, the stability of every model, and the report's word on it."""
    models = list(study.study["train"]["models"])
    stability = read_csv(study.output / "5_select/selection_stability.csv")
    expect([row["model"] for row in stability] == models, "selection_stability.csv: not one row for each model")
    for row in stability:
        expect(int(row["samples"]) + int(row["failed"]) == 6, f"selection_stability.csv: not six samples: {row}")
        expect(bool(row["remark"]), f"selection_stability.csv: no remark: {row}")
    report = (study.output / "7_evaluate/report.html").read_text(encoding="utf-8")
    expect("on average over 6 bootstrap samples" in report, "the report does not tell of the stability of selection")
    expect("How often features of" in report and "Bootstrap samples" in report, "the report has no table of both counts")
    for name, total in (("5_select/selection_bootstraps.csv", "samples"), ("6_train/selection_frequency.csv", "folds")):
        rows = read_csv(study.output / name)
        expect({row["model"] for row in rows} == set(models), f"{name}: not every model")
        for row in rows:
            share = int(row["selected"]) / int(row[total])
            expect(0 < share <= 1 and abs(float(row["share"]) - share) < 1e-12, f"{name}: {row}")
    steps = {row["step"] for row in read_csv(study.output / "5_select/selection.csv")}
    expect("6 elimination" in steps, f"elimination by trees dropped nothing: {sorted(steps)}")
    lines = [line for log in (study.output / "logs").glob("radfuse-select*") for line in log.read_text().splitlines()]
    expect(sum("bootstrap samples" in line for line in lines) <= 3 * len(models), "samples flood the log")


def expect_stages_rerun(study, changed_from, change, stages):
    """After `change`, exactly the files of `stages` may be written again; the records of all others stay untouched."""
    before = {path: path.stat().st_mtime_ns for path in results_in(study.output)}
    change(study.study)
    study.save()
    study.run()
    after = {path: path.stat().st_mtime_ns for path in results_in(study.output)}
    written = {stage_of(path.relative_to(study.output)) for path in after if before.get(path) != after[path]} - {None}
    expect(written == set(stages), f"{changed_from}: re-ran {sorted(written)}, not {sorted(stages)}")
    say(f"ok: {changed_from} re-runs {', '.join(stages)}")


def test():
    options = arguments("a whole study")
    programs = Programs(options.bin)

    shutil.copytree(SAMPLE, options.work / "sample")
    sample = options.work / "sample" / "study.yaml"
    programs.run("check", sample)
    result = programs.run("run", sample)
    expect_promised_files(output_of(sample))
    expect_tables(output_of(sample), cases=24)
    say(f"ok: data/sample/study.yaml runs in {result.seconds:.0f} s and leaves every promised file")

    study = StudyFolder(programs, options.work / "quick")
    result = study.run()
    expect_promised_files(study.output)
    expect_tables(study.output, cases=24)
    expect_no_temporaries(study.output)
    expect_selection_counts(study)
    say(f"ok: the quick study runs in {result.seconds:.0f} s")

    before = fingerprints(study.output)
    result = study.run()
    expect_same(before, fingerprints(study.output), "a second run")
    expect(result.seconds < 2, f"a second run took {result.seconds:.1f} s")
    expect("nothing to do" in result.text or "up to date" in result.text, f"a second run does not say that there was nothing to do:\n{result.text}")
    say(f"ok: a second run changes no byte, in {result.seconds:.2f} s")

    text = study.file.read_text()
    study.file.write_text("# the same study, laid out differently\n\n" + text.replace("  ", "    "))
    result = study.run()
    expect_same(before, fingerprints(study.output), "a run after the study file was laid out differently")
    say("ok: another layout of the study file changes nothing")

    def more_repeats(s):
        s["train"]["validation"]["repeats"] = 2

    def more_samples(s):
        s["selection_frequency"]["bootstraps"] = 3

    def wider_bins(s):
        s["radiomics"]["discretise"]["bins"] = 16

    def no_maps(s):
        s["report"] = {"maps": False}

    expect_stages_rerun(study, "train.validation.repeats", more_repeats, ["train", "evaluate"])
    expect_stages_rerun(study, "selection_frequency.bootstraps", more_samples, ["select", "evaluate"])
    expect_stages_rerun(study, "report.maps", no_maps, ["select", "evaluate"])
    expect("Maps of the cases" not in (study.output / "7_evaluate/report.html").read_text(encoding="utf-8"),
           "report.maps: false leaves the maps in the report")
    expect(not list((study.output / "5_select").glob("map*")), "report.maps: false leaves the old maps in 5_select")
    expect_stages_rerun(study, "radiomics.discretise", wider_bins, ["radiomics", "select", "train", "evaluate"])

    programs.run("run", study.file, "--from", "train", "--force")
    result = programs.run("status", study.file)
    for stage in STAGES:
        expect(stage in result.text, f"status does not mention {stage}")
    case_id = read_csv(study.output / "1_import/cohort.csv")[0]["case_id"]
    result = programs.run("explain", study.file, case_id)
    expect(case_id in result.text and FOLDERS["radiomics"].split("_")[1] in result.text, "explain says too little")
    say("ok: status and explain")

    edited = study.output / "3_radiomics/features.radiomics.csv"
    time.sleep(0.01)
    edited.write_bytes(edited.read_bytes().replace(b"1", b"2", 1))
    result = programs.run("--study", study.file, program="radfuse-select", code=None)
    expect(result.returncode == 3, f"a feature table edited by hand is taken without a word (exit code {result.returncode})")
    expect("features.radiomics.csv" in result.text, f"the refusal does not name the file:\n{result.text}")
    say("ok: a table that was edited by hand is refused")


main(test)
