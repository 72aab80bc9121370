#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Coverage-guided fuzzing of every parser of our own: scripts/fuzz.sh [--seconds 60] [--build-only | --run-only] [target...]
# Builds in build/fuzz (RADFUSE_FUZZ_BUILD names another folder) with clang, AddressSanitizer and UBSan; each target starts
# from tests/fuzz/corpus/<target> and what earlier runs here found. Any finding fails; its file lies in build/fuzz/findings.
# Exit code 77: there is no clang with libFuzzer.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

SECONDS_EACH=60 BUILD=1 RUN=1 TARGETS=()
while (($#)); do
  case "$1" in
    --seconds) SECONDS_EACH="${2:?how many seconds}" && shift ;;
    --build-only) RUN=0 ;;
    --run-only) BUILD=0 ;;
    -*) fail 2 "unknown option $1" "scripts/fuzz.sh [--seconds 60] [--build-only | --run-only] [target...]" ;;
    *) TARGETS+=("$1") ;;
  esac
  shift
done
FOLDER="${RADFUSE_FUZZ_BUILD:-$ROOT/build/fuzz}"
if ((${#TARGETS[@]} == 0)); then
  for file in "$ROOT"/tests/fuzz/*_fuzz.cpp; do TARGETS+=("$(basename "$file" _fuzz.cpp)"); done
fi
for target in "${TARGETS[@]}"; do
  if [[ ! -f "$ROOT/tests/fuzz/${target}_fuzz.cpp" ]]; then
    fail 2 "no target '$target'" "the targets are the files tests/fuzz/<target>_fuzz.cpp"
  fi
done

# The first clang that can link a fuzz target.
find_clang() {
  local name probe
  probe="$(mktemp -d)"
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' >"$probe/probe.cpp"
  for name in "${RADFUSE_FUZZ_CXX:-}" clang++-14 clang++ clang++-16 clang++-19; do
    if [[ -n "$name" ]] && command -v "$name" >/dev/null &&
      "$name" -fsanitize=fuzzer,address,undefined "$probe/probe.cpp" -o "$probe/probe" >/dev/null 2>&1; then
      rm -rf "$probe"
      printf '%s' "$name"
      return
    fi
  done
  rm -rf "$probe"
}

if ((BUILD)); then
  step "build" "the compiler's messages are above; clang and libFuzzer are in scripts/packages/debian-12.txt"
  CLANG="$(find_clang)"
  if [[ -z "$CLANG" ]]; then
    printf '%s: skipped: no clang with libFuzzer (clang-14, libfuzzer-14-dev, libclang-rt-14-dev)\n' "$SELF"
    trap - EXIT
    exit 77
  fi
  mkdir -p "$FOLDER"
  CC="${CLANG/clang++/clang}" CXX="$CLANG" cmake -S "$ROOT/tests/fuzz" -B "$FOLDER" -G Ninja >"$FOLDER/configure.log" 2>&1 || {
    cat "$FOLDER/configure.log"
    exit 1
  }
  ninja -C "$FOLDER" -j "$(jobs_for 700)" "${TARGETS[@]/#/fuzz_}"
  step_done
fi
if ((!RUN)); then exit 0; fi

# One target for its time; prints one line, or the finding.
fuzz_one() {
  local target="$1" work="$FOLDER/grown/$1" log="$FOLDER/$1.log" code=0
  if [[ ! -x "$FOLDER/fuzz_$target" ]]; then
    printf '%s: skipped: %s was not built\n' "$SELF" "$target"
    return 77
  fi
  mkdir -p "$work" "$FOLDER/findings"
  # DCMTK takes room for a value as long as its header says (4 GiB at most) before it finds that the file ends: addresses
  # only, which the memory limit of a case's own process bounds. What is really used stays limited here.
  local malloc_mb=2048
  case "$target" in series | regions) malloc_mb=4200 ;; esac
  "$FOLDER/fuzz_$target" -seed=1 -max_total_time="$SECONDS_EACH" -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb="$malloc_mb" \
    -print_final_stats=1 \
    -artifact_prefix="$FOLDER/findings/$target-" "$work" "$ROOT/tests/fuzz/corpus/$target" >"$log" 2>&1 || code=$?
  if ((code != 0)); then
    grep -avE '^#[0-9]+\s' "$log" | tail -60
    printf '%s: %s: a finding (exit code %d); its file: %s/findings/%s-*\n' "$SELF" "$target" "$code" "$FOLDER" "$target"
    return 1
  fi
  printf '%s: %s: %s files in %s s, %s\n' "$SELF" "$target" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$SECONDS_EACH" \
    "$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1)"
}

step "fuzz ${#TARGETS[@]} target(s) for $SECONDS_EACH s each" \
  "give the named file to the target's program in $FOLDER, mend the parser, and keep the file as a regression test"
JOBS="$(jobs_for 2048)"
if ((JOBS > 2)); then JOBS=2; fi
FAILED=0 SKIPPED=0 RUNNING=0
collect() {
  local code=0
  wait -n || code=$?
  RUNNING=$((RUNNING - 1))
  if ((code == 77)); then SKIPPED=$((SKIPPED + 1)); elif ((code != 0)); then FAILED=$((FAILED + 1)); fi
}
for target in "${TARGETS[@]}"; do
  while ((RUNNING >= JOBS)); do collect; done
  fuzz_one "$target" &
  RUNNING=$((RUNNING + 1))
done
while ((RUNNING > 0)); do collect; done
if ((FAILED > 0)); then exit 1; fi
if ((SKIPPED == ${#TARGETS[@]})); then
  trap - EXIT
  exit 77
fi
step_done
