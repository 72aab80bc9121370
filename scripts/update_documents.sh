#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Rewrites the files that the program generates about itself. Argument: the radfuse program (default: build/dev's).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
RADFUSE="${1:-build/dev/bin/radfuse}"

# To a temporary file first, so that a failing program leaves the old text.
refresh() {
  "$RADFUSE" list "$2" >"$1.new"
  mv "$1.new" "$1"
}
refresh configs/reference.yaml keys
refresh configs/study.schema.json schema
