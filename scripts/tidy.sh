#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy 14 (.clang-tidy, all findings are errors) over the sources of build/dev, or over the files given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v clang-tidy-14 >/dev/null; then
  echo "scripts/tidy.sh: clang-tidy-14 is not installed (scripts/setup.sh --developer installs it)" >&2
  exit 77
fi
cmake --preset dev -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >/dev/null
FILES=("$@")
if ((${#FILES[@]} == 0)); then mapfile -t FILES < <(find src -name '*.cpp' | sort); fi
printf '%s\0' "${FILES[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 --quiet -p build/dev
echo "scripts/tidy.sh: OK, ${#FILES[@]} files"
