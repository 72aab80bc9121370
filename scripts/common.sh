# SPDX-License-Identifier: Apache-2.0
# What the scripts share (sourced by them): steps with a verdict, and how many jobs this machine bears.
# Needs bash and coreutils only, because setup.sh runs before anything is installed.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
SELF="scripts/$(basename "$0")"
STEP="start"
HINT=""
RULE="------------------------------------------------------------------------"

# "1 min 05 s" from a number of seconds.
duration() {
  if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# step "name" "what to do if it fails": whatever runs from here belongs to this step.
step() {
  STEP="$1"
  HINT="$2"
  STEP_START=$SECONDS
  printf '\n%s: %s\n' "$SELF" "$STEP"
}

step_done() { printf '%s: %s: done in %s\n' "$SELF" "$STEP" "$(duration $((SECONDS - STEP_START)))"; }

# Every end of a script that is not success says which step failed and what to do.
verdict_on_failure() {
  local code=$?
  if ((code == 0)); then return; fi
  {
    printf '\n%s\n%s: FAILED in step "%s" (exit code %d, after %s)\n' \
      "$RULE" "$SELF" "$STEP" "$code" "$(duration $SECONDS)"
    if [[ -n "$HINT" ]]; then printf '  What to do: %s\n' "$HINT"; fi
    printf '%s\n' "$RULE"
  } >&2
}
trap verdict_on_failure EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# fail CODE MESSAGE WHAT_TO_DO
fail() {
  printf '%s: %s\n' "$SELF" "$2" >&2
  HINT="$3"
  exit "$1"
}

first_word_of() {
  local word rest
  if [[ -r "$1" ]] && read -r word rest <"$1"; then printf '%s' "$word"; fi
}

# Free memory in MiB: what the system offers, or what a container's limit leaves of it.
free_mib() {
  local key value unit free=2048 limit used
  while read -r key value unit; do
    if [[ "$key" == MemAvailable: ]]; then free=$((value / 1024)); fi
  done </proc/meminfo
  limit="$(first_word_of /sys/fs/cgroup/memory.max)"
  used="$(first_word_of /sys/fs/cgroup/memory.current)"
  if [[ "$limit" =~ ^[0-9]+$ && "$used" =~ ^[0-9]+$ ]]; then
    limit=$(((limit - used) / 1048576))
    if ((limit < free)); then free=$limit; fi
  fi
  printf '%d' "$free"
}

# Cores that this process may use, with a container's quota taken into account.
cores() {
  local n quota period
  n="$(nproc)"
  if [[ -r /sys/fs/cgroup/cpu.max ]] && read -r quota period </sys/fs/cgroup/cpu.max && [[ "$quota" != max ]]; then
    quota=$(((quota + period - 1) / period))
    if ((quota < n)); then n=$quota; fi
  fi
  printf '%d' "$n"
}

# jobs_for MIB_EACH: as many jobs as there are cores and memory for; RADFUSE_JOBS decides otherwise.
jobs_for() {
  local n by_memory
  if [[ -n "${RADFUSE_JOBS:-}" ]]; then
    printf '%d' "$RADFUSE_JOBS"
    return
  fi
  n="$(cores)"
  by_memory=$(($(free_mib) / $1))
  if ((by_memory < n)); then n=$by_memory; fi
  if ((n < 1)); then n=1; fi
  printf '%d' "$n"
}

# build PRESET [CMAKE_OPTION...]: configure and compile into build/PRESET.
build() {
  local preset="$1" jobs
  shift
  # A file that includes LibTorch's headers takes up to 1.5 GB to compile.
  jobs="$(jobs_for 1600)"
  step "configure build/$preset" \
    "read the first error above; after a change of library versions, remove build/$preset and run $SELF again"
  (cd "$ROOT" && cmake --preset "$preset" "$@")
  step_done
  step "compile build/$preset with $jobs job(s)" \
    "read the first error above; if the compiler was killed, memory ran out: RADFUSE_JOBS=1 $SELF"
  cmake --build "$ROOT/build/$preset" --parallel "$jobs"
  step_done
}
