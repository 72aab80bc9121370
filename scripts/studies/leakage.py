#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What networks' features say where there is something to say, and where there is nothing. On a sample study, with its own
outcomes and with outcomes that were dealt out at random (--deals times), this prints the AUC of network scores out of
fold (as radfuse-deep writes them; over all cases, and the mean over folds), in-sample (the network that learned from the
very cases; never in a feature table), and on new cases; and of a model on the features of an autoencoder, which knows no
outcome, on the external cases."""
import argparse
import csv
import json
import math
import random
import shutil
import subprocess
import sys
from pathlib import Path

CROP = {"image": "us", "margin_mm": 4, "margin_fraction": 0, "intensity": "unit8"}


def networks(args):
    # Without validation nothing stops a network from learning its cases by heart: what the rule is for.
    train = {"epochs": args.epochs, "validation": 0, "budget_minutes": args.budget}
    tuned = {"network": args.encoder, "size": 64, "fine_tune": {"train": {**train, "learning_rate": 1e-3}}}
    if args.weights:
        sha256, file = args.weights.split(":", 1)
        tuned["weights"] = {"file": str(Path(file).resolve()), "sha256": sha256}
    else:
        tuned["random_weights"] = True
    every = {"cnn": {"folds": args.folds, "network": "cnn_2d", "size": 64, "train": train},
             "tuned": {"folds": args.folds, **tuned},
             "ae": {"network": "attention_autoencoder_2d", "features": 64, "size": 64,
                    "train": {"epochs": 30, "budget_minutes": args.budget}}}
    return [{**CROP, "name": name, **every[name]} for name in args.networks]


def study(args):
    autoencoder = {
        "select": [{"step": "scale"}, {"step": "correlation", "threshold": 0.9}, {"step": "lasso", "folds": 5}],
        "train": {"models": {"ae": ["deep.ae"]}, "learners": ["logistic"],
                  "validation": {"scheme": "nested_cv", "folds": 5, "repeats": 1, "inner_folds": 3}},
        "evaluate": {},
    }
    return {
        **(autoencoder if "ae" in args.networks else {}),
        "study": {"name": "leakage", "seed": args.seed, "output": "results"},
        "cohort": {"manifest": "manifest.csv", "outcome": {"column": "outcome", "positive": "1"}, "site": "site",
                   "split": {"column": "split"}, "reference_reader": "R1"},
        "images": {"us": {"image": "us_path", "mask": "us_mask", "dimension": "2d", "modality": "US",
                          "spacing_column": "spacing_mm"}},
        "deep": networks(args),
    }


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def deal_outcomes(manifest, seed):
    """The same outcomes for other patients; within each split, so that every split keeps its share."""
    rows = read(manifest)
    patient = "patient_id" if "patient_id" in rows[0] else "case_id"
    draw = random.Random(seed)
    dealt = {}
    for split in sorted({row["split"] for row in rows}):
        outcome_of = {row[patient]: row["outcome"] for row in rows if row["split"] == split}
        outcomes = [outcome_of[name] for name in sorted(outcome_of)]
        draw.shuffle(outcomes)
        dealt.update(zip(sorted(outcome_of), outcomes))
    for row in rows:
        row["outcome"] = dealt[row[patient]]
    with open(manifest, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def midranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, start = [0.0] * len(values), 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end + 1) / 2
        start = end
    return ranks


def delong(positive, negative):
    """AUC and its 95 % interval (DeLong, DeLong and Clarke-Pearson 1988), by ranks (Sun and Xu 2014)."""
    m, n = len(positive), len(negative)
    if m < 2 or n < 2:
        return math.nan, math.nan, math.nan
    every, of_positive, of_negative = midranks(positive + negative), midranks(positive), midranks(negative)
    first = [(every[i] - of_positive[i]) / n for i in range(m)]
    second = [1 - (every[m + j] - of_negative[j]) / m for j in range(n)]
    auc = sum(first) / m

    def variance(values):
        mean = sum(values) / len(values)
        return sum((value - mean) ** 2 for value in values) / (len(values) - 1)

    half = 1.959963984540054 * math.sqrt(variance(first) / m + variance(second) / n)
    return auc, max(0.0, auc - half), min(1.0, auc + half)


def split_by_outcome(rows):
    """rows: (score, outcome)."""
    return [s for s, o in rows if o == "1"], [s for s, o in rows if o == "0"]


def report(what, rows):
    auc, low, high = delong(*split_by_outcome(rows))
    print(f"  {what:34} n = {len(rows):3}   AUC {auc:.3f} (95 % CI {low:.3f} to {high:.3f})"
          f"{'' if low <= 0.5 <= high else '   0.5 is outside'}", flush=True)
    return auc


def tell_autoencoder(folder):
    print(" ae")
    for row in read(folder / "results" / "7_evaluate" / "metrics.csv"):
        if row["split"] in ("test", "external"):
            low, high = float(row["auc_low"]), float(row["auc_high"])
            print(f"  {'logistic model, ' + row['split'] + ' cases':34} n = {row['n']:>3}   AUC {float(row['auc']):.3f} "
                  f"(95 % CI {low:.3f} to {high:.3f}){'' if low <= 0.5 <= high else '   0.5 is outside'}", flush=True)


def tell(folder, name):
    """The pooled AUC out of fold."""
    deep = folder / "results" / "4_deep"
    cohort = {row["case_id"]: row for row in read(folder / "results" / "1_import" / "cohort.csv")
              if row["reader"] in ("", "R1")}
    scores = {row["case_id"]: row for row in read(deep / "features.deep.csv") if row["reader"] in ("", "R1")}

    def of(ids, value):
        return [(float(value(c)), cohort[c]["outcome"]) for c in sorted(ids) if cohort[c]["outcome"] in ("0", "1")]

    print(f" {name}")
    training = [c for c in scores if cohort[c]["split"] == "train"]
    score = lambda c: scores[c][f"deep.{name}.us.score"]
    pooled = report("training cases, out of fold", of(training, score))
    vectors = [row for row in read(deep / f"vectors.{name}.csv") if row["reader"] in ("", "R1")]
    folds = {}
    for row in vectors:
        if row["network"].startswith(name + ".fold-"):
            folds.setdefault(row["network"], []).append(row["case_id"])
    of_fold = [delong(*split_by_outcome(of(ids, score)))[0] for ids in folds.values()]
    print(f"  {'the same, mean over folds':34} {len(of_fold)} folds   AUC {sum(of_fold) / len(of_fold):.3f}")
    own = {row["case_id"]: row for row in vectors if row["network"] == name}
    report("the same, by the network itself", of(training, lambda c: own[c]["score"]))
    new = [c for c in scores if cohort[c]["split"] != "train"]
    report("cases it never saw", of(new, score))
    return pooled


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the programs")
    parser.add_argument("--work", type=Path, required=True, help="folder for the studies")
    parser.add_argument("--cases", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--budget", type=float, default=60, help="minutes for one training")
    parser.add_argument("--encoder", default="squeezenet1_0", help="the encoder that is trained further")
    parser.add_argument("--weights", help="SHA256:FILE; without it the encoder begins with random weights")
    parser.add_argument("--networks", nargs="+", choices=("cnn", "tuned", "ae"), default=("cnn", "tuned", "ae"))
    parser.add_argument("--deals", type=int, default=1, help="how often outcomes are dealt out at random")
    args = parser.parse_args()
    dealt = {name: [] for name in args.networks if name != "ae"}
    for deal in range(args.deals + 1):
        folder = args.work.resolve() / ("own" if deal == 0 else f"random-{deal}")
        if not (folder / "manifest.csv").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([args.bin / "radfuse", "sample", folder, "--kind", "us2d", "--cases", str(args.cases), "--seed",
                            str(args.seed)], check=True, stdout=subprocess.DEVNULL)
            if deal > 0:
                deal_outcomes(folder / "manifest.csv", args.seed + deal - 1)
        (folder / "leakage.yaml").write_text(json.dumps(study(args), indent=1) + "\n", encoding="utf-8")
        if subprocess.run([args.bin / "radfuse", "run", folder / "leakage.yaml"]).returncode != 0:
            sys.exit(1)
        print("The outcomes of the sample study" if deal == 0 else f"Outcomes dealt out at random, {deal}", flush=True)
        for name in args.networks:
            if name == "ae":
                tell_autoencoder(folder)
                continue
            pooled = tell(folder, name)
            if deal > 0:
                dealt[name].append(pooled)
    for name, values in dealt.items():
        if len(values) > 1:
            mean = sum(values) / len(values)
            error = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))
            print(f"{name}: out of fold over {len(values)} deals, mean AUC {mean:.3f}, standard error {error:.3f}")


if __name__ == "__main__":
    main()
