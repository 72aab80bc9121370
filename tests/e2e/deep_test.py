# SPDX-License-Identifier: Apache-2.0
# Networks of the study's own cases: who answers for whom, refusals, shards, kill -9 in training, outer folds.
import os
import shutil
import signal
import subprocess
import time

from support import Programs, StudyFolder, arguments, expect, expect_no_temporaries, expect_same, fingerprints, main, \
    read_csv, say, write_csv

TRAIN = {"epochs": 3, "batch": 4, "patience": 3, "checkpoint_minutes": 0}
FILES = (".csv", ".json", ".safetensors")


def use_networks(study):
    """A score (cnn) and an autoencoder that is fitted anew in each of 2 x 1 outer folds."""
    crop = {"image": "us", "margin_mm": 2, "margin_fraction": 0, "intensity": "unit8", "size": 32}
    study.study["deep"] = [
        {**crop, "name": "cnn", "network": "cnn_2d", "base_features": 4, "folds": 3, "train": TRAIN},
        {**crop, "name": "ae", "network": "attention_autoencoder_2d", "features": 4, "base_features": 8,
         "refit": "each_fold", "train": TRAIN},
        {**crop, "name": "squeeze", "network": "squeezenet1_0", "random_weights": True, "pictures": {"cases": 0}},
    ]
    study.study["select"] = [{"step": "scale"}, {"step": "correlation"}]
    study.study["train"] = {
        "models": {"cnn": ["deep.cnn.score"], "rad": ["rad"], "fusion": ["rad", "deep"]},
        "learners": ["logistic"], "learners_of": {"cnn": ["as_is"]},
        "validation": {"folds": 2, "repeats": 1, "inner_folds": 2},
    }
    study.study["evaluate"] = {"compare": [["fusion", "cnn"], ["fusion", "rad"]]}
    study.study["attribution"] = {"model": "fusion", "cases": 3}
    del study.study["segment"]
    study.save()


def deep_of(study):
    return study.output / "4_deep"


def patients_of(study):
    rows = read_csv(study.output / "1_import" / "cohort.csv")
    return {row["case_id"]: row for row in rows}


def check_who_answers(study):
    """From the files alone: no training case is scored by a network that was fitted on a case of its patient."""
    cohort = patients_of(study)
    fitted = {}
    for row in read_csv(deep_of(study) / "networks.csv"):
        if row["case_id"]:  # networks from outside were fitted on nobody here
            fitted.setdefault((row["set"], row["encoder"]), set()).add(cohort[row["case_id"]]["patient_id"])
    rows = read_csv(deep_of(study) / "encoders.csv")
    scores = [row for row in rows if row["set"] == "cnn"]
    training = [row for row in scores if cohort[row["case_id"]]["split"] == "train"]
    expect(training and len({row["encoder"] for row in training}) == 3, "training cases are not scored by 3 networks")
    for row in training:
        patients = fitted["cnn", row["encoder"]]
        expect(patients, f"network {row['encoder']} was fitted on nobody")
        expect(cohort[row["case_id"]]["patient_id"] not in patients, f"{row['case_id']} was scored by its own network")
        expect(row["fitted"] == "no", f"{row['case_id']}: fitted is {row['fitted']}")
    others = {row["encoder"] for row in scores if cohort[row["case_id"]]["split"] != "train"}
    expect(len(others) == 1 and not others & {row["encoder"] for row in training}, "new cases have one network's score")
    for (_, encoder), patients in fitted.items():
        outside = [row["case_id"] for row in cohort.values()
                   if row["split"] != "train" and row["patient_id"] in patients]
        expect(not outside, f"network {encoder} was fitted on {outside}")
    whole = {row["encoder"] for row in rows if row["set"] == "ae" and row["table"] == "features.deep.csv"}
    expect(len(whole) == 1, "vectors of one table come from several networks")
    say(f"ok: {len(training)} scores of training cases, each by a network that never saw the patient")


def check_outer_folds(study):
    """The cases that a fold of train holds out are those that the fold's autoencoder never saw."""
    cohort = patients_of(study)
    predictions = read_csv(study.output / "6_train" / "predictions.csv")
    networks = read_csv(deep_of(study) / "networks.csv")
    for fold in ("1", "2"):
        held_out = {cohort[row["case_id"]]["patient_id"] for row in predictions
                    if row["kind"] == "oof" and row["model"] == "fusion" and row["fold"] == fold}
        fitted = {cohort[row["case_id"]]["patient_id"] for row in networks
                  if row["file"] == f"model/ae.outer-1-{fold}.safetensors"}
        training = {row["patient_id"] for row in cohort.values() if row["split"] == "train"}
        expect(held_out and fitted == training - held_out, f"fold {fold}: fitted on others than the fold's fitting part")
        own = (deep_of(study) / f"features.deep.fold-1-{fold}.csv").read_text(encoding="utf-8")
        expect("deep.ae.us.0" in own and "deep.cnn" not in own, f"fold {fold}: wrong columns")
    say("ok: outer folds of deep and train are the same")


def check_as_is(study):
    scores = {row["case_id"]: row["deep.cnn.us.score"] for row in read_csv(deep_of(study) / "features.deep.csv")
              if row["reader"] in ("", "R1")}
    for row in read_csv(study.output / "6_train" / "predictions.csv"):
        if row["model"] == "cnn":
            expect(row["learner"] == "as_is" and float(row["probability"]) == float(scores[row["case_id"]]),
                   f"{row['case_id']}: {row['probability']} is not the score {scores[row['case_id']]}")
    report = (study.output / "7_evaluate" / "report.html").read_text(encoding="utf-8")
    expect("Learning curves" in report and "network cnn.fold-1" in report, "the report tells nothing of the networks")
    say("ok: the network's probability is a model of its own, and the report has its learning curves")


def check_attribution(programs, study):
    """Grad-CAM of the fused model, for cases that it did not learn from."""
    folder = study.output / "8_attribution"
    cohort = patients_of(study)
    rows = read_csv(folder / "seen.csv")
    shown = {row["case_id"] for row in rows if row["set"] == "squeeze"}
    expect(len(shown) == 3, f"3 cases were to be drawn: {rows}")
    expect(all(cohort[case]["split"] != "train" for case in shown), "a case that the model learned from was drawn")
    for case in shown:
        for kind in ("png", "nii.gz"):
            file = folder / "pictures" / "squeeze" / f"{case}.grad_cam.{kind}"
            expect(file.exists() and file.stat().st_size > 200, f"{file} is missing or empty")
    shares = [float(row["share_inside"]) for row in rows if row["set"] == "squeeze" and row["share_inside"]]
    expect(shares and all(0 <= share <= 1 for share in shares), f"shares inside the region: {shares}")
    study.study["attribution"]["list"] = ["NOBODY"]
    study.save()
    text = programs.run("--study", study.file, program="radfuse-attribution", code=3).text
    expect("'NOBODY' is none of the" in text, f"an unknown case was not refused:\n{text}")
    del study.study["attribution"]["list"]
    study.save()
    say(f"ok: the fused model is followed back to {len(shown)} images")


def check_refusals(programs, study):
    """An edited table is refused; with --force it is what the table says that is refused."""
    path = deep_of(study) / "encoders.csv"
    before = path.read_bytes()
    cohort = patients_of(study)

    def refused(change, *words):
        rows = read_csv(path)
        change(rows)
        write_csv(path, rows)
        text = programs.run("--study", study.file, program="radfuse-select", code=3).text
        expect("encoders.csv" in text and "was changed since" in text, f"an edited table was not noticed:\n{text}")
        text = programs.run("--study", study.file, "--force", program="radfuse-select", code=3).text
        for word in words:
            expect(word in text, f"'{word}' is not in:\n{text}")
        path.write_bytes(before)

    def first(rows, name, split):
        return next(row for row in rows if row["set"] == name and row["table"] == "features.deep.csv"
                    and cohort[row["case_id"]]["split"] == split)

    def own_network(rows):
        first(rows, "cnn", "train").update(encoder=first(rows, "cnn", "test")["encoder"], fitted="yes")

    def other_vectors(rows):
        first(rows, "ae", "test")["encoder"] = next(
            row["encoder"] for row in rows if row["table"] == "features.deep.fold-1-1.csv")

    refused(own_network, "deep set cnn", "was fitted on")
    refused(other_vectors, "deep set ae", "2 networks")
    refused(lambda rows: rows.pop(0), "deep set cnn", "nothing says which network")
    say("ok: vectors of two networks, and scores of a network's own cases, are refused")


def check_shards(programs, study, unbroken):
    shutil.rmtree(deep_of(study))
    started = [subprocess.Popen(programs.command("--study", study.file, "--shard", f"{shard}/3", "--quiet",
                                                 program="radfuse-deep"),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
               for shard in range(3)]
    for process in started:
        text = process.communicate(timeout=600)[0].decode("utf-8")
        expect(process.returncode == 0, f"a shard ended with {process.returncode}:\n{text}")
    programs.run("--study", study.file, program="radfuse-deep")
    expect_same(unbroken, fingerprints(deep_of(study), *FILES), "three shards at the same time, merged")
    say("ok: three shards at the same time give the same bytes")


def kill_in_training(programs, study, network):
    """kill -9 as soon as the network has a checkpoint."""
    process = subprocess.Popen(programs.command("--study", study.file, "--threads", "1", program="radfuse-deep"),
                               start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    checkpoint = deep_of(study) / "model" / f"{network}.checkpoint"
    until = time.monotonic() + 300
    while process.poll() is None and not checkpoint.exists() and time.monotonic() < until:
        time.sleep(0.002)
    running = process.poll() is None
    if running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return running and checkpoint.exists()


def check_kill(programs, study, unbroken):
    shutil.rmtree(deep_of(study))
    killed = [network for network in ("cnn", "cnn.fold-2", "ae") if kill_in_training(programs, study, network)]
    expect(killed, "no training could be killed with a checkpoint on the disk")
    programs.run("--study", study.file, program="radfuse-deep")
    expect_same(unbroken, fingerprints(deep_of(study), *FILES), f"killed while training {', '.join(killed)}, resumed")
    expect_no_temporaries(deep_of(study))
    expect(not list(deep_of(study).rglob("*.checkpoint")), "checkpoints are left")
    say(f"ok: killed while training {', '.join(killed)}; resumed to the same bytes")


def test():
    options = arguments("networks trained on the study")
    programs = Programs(options.bin)
    study = StudyFolder(programs, options.work / "study", cases=30)
    use_networks(study)
    study.run("--threads", "1")
    unbroken = fingerprints(deep_of(study), *FILES)
    check_who_answers(study)
    check_outer_folds(study)
    check_as_is(study)
    check_attribution(programs, study)
    check_refusals(programs, study)
    check_shards(programs, study, unbroken)
    check_kill(programs, study, unbroken)
    # Another budget or other pictures make no network anew.
    before = {path: path.stat().st_mtime_ns for path in (deep_of(study) / "model").glob("*.safetensors")}
    study.study["deep"][0]["train"] = {**TRAIN, "budget_minutes": 60, "checkpoint_minutes": 1}
    study.save()
    programs.run("--study", study.file, program="radfuse-deep")
    expect(before == {path: path.stat().st_mtime_ns for path in (deep_of(study) / "model").glob("*.safetensors")},
           "another budget made networks anew")
    study.study["deep"][0]["train"] = {**TRAIN, "epochs": 10000, "budget_minutes": 0.1}
    study.save()
    text = programs.run("--study", study.file, program="radfuse-deep", code=2).text
    expect("network cnn" in text and "budget" in text, f"the budget is not named:\n{text}")
    say("ok: a training beyond its budget is refused, by name")


main(test)
