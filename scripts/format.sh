#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formats the C++ sources with clang-format 14 (.clang-format); --check only reports. Exit code 77: clang-format-14 is not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v clang-format-14 >/dev/null; then
  echo "scripts/format.sh: clang-format-14 is not installed (scripts/setup.sh --developer installs it)" >&2
  exit 77
fi
MODE=(-i)
if [[ "${1:-}" == --check ]]; then MODE=(--dry-run --Werror); fi
find include src tests -type f \( -name '*.cpp' -o -name '*.hpp' \) -print0 | sort -z |
  xargs -0 -r clang-format-14 "${MODE[@]}"
