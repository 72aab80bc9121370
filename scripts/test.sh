#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds with warnings as errors, and runs every test. Arguments go to ctest: scripts/test.sh -LE slow
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

step "set-up" "run scripts/setup.sh alone and read its last lines"
"$ROOT/scripts/setup.sh"

build ci

# A test that trains a network holds up to 1 GB.
JOBS="$(jobs_for 1000)"
step "test with $JOBS job(s)" \
  "the failed tests are listed above; one alone: ctest --preset ci -R '^NAME\$' --verbose"
(cd "$ROOT" && ctest --preset ci --parallel "$JOBS" --output-on-failure --no-tests=error "$@")
step_done

printf '\n%s\n%s: OK, in %s\n%s\n' "$RULE" "$SELF" "$(duration $SECONDS)" "$RULE"
