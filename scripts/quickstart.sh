#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone to a report: installs what is missing, builds, and runs a whole study on synthetic ultrasound images.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

CASES=60
SEED=20260101
FOLDER="$ROOT/out/quickstart"
RADFUSE="$ROOT/build/release/bin/radfuse"

step "set-up" "run scripts/setup.sh alone and read its last lines"
"$ROOT/scripts/setup.sh"

build release -DRADFUSE_TESTS=OFF

step "sample study" "remove $FOLDER and run $SELF again"
if [[ ! -f "$FOLDER/study.yaml" ]]; then
  "$RADFUSE" sample "$FOLDER" --kind us2d --cases "$CASES" --seed "$SEED" --force
else
  printf '%s: %s is there already\n' "$SELF" "$FOLDER/study.yaml"
fi

step "run the study" "the last lines above name the reason and the log; $SELF goes on from here when run again"
"$RADFUSE" run "$FOLDER/study.yaml" --threads "$(cores)"
step_done

step "find the report" "the study ran but left no report: please tell the authors, with the output above"
REPORT="$(find "$FOLDER" -path '*/7_evaluate/report.html' -print -quit)"
[[ -n "$REPORT" ]]

cat <<END

$RULE
$SELF: OK, in $(duration $SECONDS)
  The report:     $REPORT
  The study:      $FOLDER/study.yaml
  The program:    $RADFUSE
  Next:           docs/getting-started.md
$RULE
END
