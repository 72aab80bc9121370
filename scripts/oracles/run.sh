#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the reference implementations anew and holds what they give against the values that our tests expect.
#   scripts/oracles/run.sh [NAME...]      names of rows; without any: all
# Needs the reference data (docs/reference-data.md) and, from apt: r-cran-glmnet r-cran-proc r-bioc-sva r-cran-psych
# r-cran-caret python3-sklearn python3-scipy python3-xgboost. A row is `ok`, `differs` (with the first difference), or names the peer that is missing.
# Exit code 1 if any row differs, 3 if none differs but a peer is missing.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
HERE="$ROOT/scripts/oracles"
DATA="${RADFUSE_REFERENCE_DATA:-$ROOT/../shared/data}"
PYTHON="${RADFUSE_ORACLE_PYTHON:-/usr/bin/python3}"
if [[ ! -d "$DATA/oracles" ]]; then
  echo "the reference data are not in $DATA: set RADFUSE_REFERENCE_DATA (see docs/reference-data.md)" >&2
  exit 2
fi
WANTED=("$@")
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
differing=0
missing=0

# Whether the peers are there; the first that is not is printed. "R:glmnet", "python:sklearn".
absent_peer() {
  local peer
  for peer in "$@"; do
    case "$peer" in
      R:*) Rscript -e "stopifnot(requireNamespace('${peer#R:}', quietly = TRUE))" >/dev/null 2>&1 ;;
      python:*) "$PYTHON" -c "import ${peer#python:}" >/dev/null 2>&1 ;;
    esac || { echo "$peer"; return; }
  done
}

# oracle NAME "PEERS" TOLERANCE GOLDENS COMMAND...: the command writes files to $OUT; each is compared, number by number,
# with the file of the same name in the folder GOLDENS. TOLERANCE: the larger of absolute and relative difference.
oracle() {
  local name="$1" peers="$2" tolerance="$3" goldens="$4"
  shift 4
  if ((${#WANTED[@]})) && [[ ! " ${WANTED[*]} " == *" $name "* ]]; then return; fi
  local absent
  # shellcheck disable=SC2086  # a list of words
  absent="$(absent_peer $peers)"
  if [[ -n "$absent" ]]; then
    printf '%-22s missing peer %s\n' "$name" "$absent"
    missing=1
    return
  fi
  export OUT="$WORK/$name"
  mkdir -p "$OUT"
  local start=$SECONDS said
  if ! "$@" >"$WORK/$name.log" 2>&1; then
    printf '%-22s differs: the script failed: %s\n' "$name" "$(tail -n 1 "$WORK/$name.log")"
    differing=1
  elif said="$("$PYTHON" "$HERE/compare.py" "$OUT" "$goldens" "$tolerance" 2>&1)"; then
    printf '%-22s ok: %s (%d s)\n' "$name" "$said" $((SECONDS - start))
  else
    printf '%-22s differs: %s\n' "$name" "$said"
    differing=1
  fi
}
into() { local file="$1"; shift; "$@" >"$OUT/$file"; }

STATS="$ROOT/tests/oracle/stats"
oracle lasso_cv "R:glmnet" 1e-7 "$STATS" \
  bash -c 'Rscript "$0/cv_glmnet.R" "$1/oracles/wdbc.csv" "$OUT/cvglmnet_binomial_deviance.csv"' "$HERE" "$DATA"
oracle lasso "R:glmnet" 1e-7 "$STATS" bash -c 'Rscript "$0/lasso.R" "$1/oracles" "$OUT"' "$HERE" "$DATA"
oracle tables "" 1e-12 "$STATS" bash -c 'Rscript "$0/tables.R" "$OUT"' "$HERE"
oracle roc "R:pROC" 1e-12 "$DATA/tables/statistics" \
  bash -c 'Rscript "$0/roc.R" "$1/tables/statistics/asah.csv" "$OUT/asah_expected.csv"' "$HERE" "$DATA"
oracle selection_steps "python:sklearn python:scipy" 1e-6 "$HERE/expected" \
  into selection_steps.txt "$PYTHON" "$HERE/selection_steps.py" "$DATA/oracles/wdbc.csv"
oracle sparse_selection "python:sklearn" 1e-6 "$HERE/expected" \
  into sparse_selection.txt "$PYTHON" "$HERE/sparse_selection.py" "$DATA/oracles"

oracle selection_stability "python:numpy" 1e-12 "$HERE/expected" \
  into selection_stability.txt "$PYTHON" "$HERE/selection_stability.py"
oracle elimination_trees "python:xgboost python:sklearn" 1e-6 "$ROOT/tests/oracle/learn" \
  "$PYTHON" "$HERE/elimination_trees.py" "$DATA/oracles/wdbc.csv" "$WORK/elimination_trees"

oracle combat "R:sva" 1e-9 "$DATA/oracles" \
  bash -c 'Rscript "$0/combat_sva.R" "$1/oracles" "$OUT" "$OUT.400.csv"' "$HERE" "$DATA"
oracle combat_400 "R:sva" 1e-9 "$STATS" \
  bash -c 'Rscript "$0/combat_sva.R" "$1/oracles" "$OUT.16" "$OUT/combat_sva_400.csv"' "$HERE" "$DATA"
oracle icc "R:psych" 1e-9 "$STATS" \
  bash -c 'Rscript "$0/icc_psych.R" "$1/tables/qin_prostate_repeatability" "$OUT/icc_psych.csv"' "$HERE" "$DATA"
oracle harmonisation "python:sklearn python:scipy" 1e-9 "$ROOT/tests/oracle/select" \
  bash -c '"$0" "$1/harmonisation.py" "$OUT"' "$PYTHON" "$HERE"
oracle caret "R:caret" 1e-12 "$HERE/expected" \
  bash -c 'Rscript "$0/caret_filters.R" "$1/oracles/wdbc.csv" 2>/dev/null | grep keeps >"$OUT/caret_filters.txt"' \
  "$HERE" "$DATA"
oracle tsne "python:sklearn" 1e-2 "$STATS" \
  bash -c '"$0" "$1/tsne.py" "$2/iris.csv" "$3/oracles/wdbc.csv" "$OUT/tsne_maps.csv" "$OUT.planes.csv"' \
  "$PYTHON" "$HERE" "$STATS" "$DATA"
oracle tsne_planes "python:sklearn" 1e-9 "$STATS" \
  bash -c '"$0" "$1/tsne.py" "$2/iris.csv" "$3/oracles/wdbc.csv" "$OUT.maps.csv" "$OUT/tsne_planes.csv"' \
  "$PYTHON" "$HERE" "$STATS" "$DATA"

if ((differing)); then exit 1; fi
if ((missing)); then exit 3; fi
