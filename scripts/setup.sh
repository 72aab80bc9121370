#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs with apt everything that Radfuse needs; does nothing, and needs no network, when all of it is there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ "${1:-}" == --help || "${1:-}" == -h ]]; then
  echo "usage: scripts/setup.sh [--developer]    --developer: also what is needed to change Radfuse"
  exit 0
fi

step "set-up" "see the message above"

NAME="this system"
KEY="unknown"
OS_RELEASE="${OS_RELEASE:-/etc/os-release}"
if [[ -r "$OS_RELEASE" ]]; then
  # shellcheck disable=SC1090
  NAME="$(. "$OS_RELEASE" && printf '%s' "${PRETTY_NAME:-$NAME}")"
  KEY="$(. "$OS_RELEASE" && printf '%s-%s' "${ID:-unknown}" "${VERSION_ID:-0}")"
fi
LIST="$ROOT/scripts/packages/$KEY.txt"
if [[ ! -r "$LIST" ]]; then
  fail 2 "no package list for $NAME (scripts/packages/$KEY.txt)" \
    "use Debian 12 (a container of debian:12 serves); or install what scripts/packages/debian-12.txt names with your system's own tool, then build with: cmake --preset release && cmake --build build/release"
fi
LISTS=("$LIST")
case "${1:-}" in
  "") ;;
  --developer) LISTS+=("$ROOT/scripts/packages/$KEY.developer.txt") ;;
  *) fail 2 "unknown option '$1'" "usage: scripts/setup.sh [--developer]" ;;
esac

MISSING=()
for list in "${LISTS[@]}"; do
  while read -r package _; do
    if [[ -z "$package" || "$package" == \#* ]]; then continue; fi
    status="$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)"
    if [[ "$status" != installed ]]; then MISSING+=("$package"); fi
  done <"$list"
done
if ((${#MISSING[@]} == 0)); then
  printf '%s: everything is installed already\n' "$SELF"
  exit 0
fi

AS_ROOT=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    fail 2 "installing needs root, and there is no sudo here" \
      "as root, run: apt-get update && apt-get install --no-install-recommends ${MISSING[*]}"
  fi
  AS_ROOT=(sudo)
fi
APT=("${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
  apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)

printf '%s: installing %d packages and what they depend on (about 430 MB to load on a bare system)\n' \
  "$SELF" "${#MISSING[@]}"
step "set-up: apt-get update" "check the network and the sources in /etc/apt, then run $SELF again"
"${APT[@]}" update
step "set-up: apt-get install" \
  "check the network and the free disk space (2.5 GB), then run $SELF again; a package that apt cannot find means that /etc/apt lacks Debian's main section"
"${APT[@]}" install --no-install-recommends "${MISSING[@]}"
step_done
