# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of scripts have in common: a folder of their own, gone at the end, and a count of what went wrong.
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
failures=0

complain() {
  printf 'FAILED: %s\n' "$*" >&2
  failures=$((failures + 1))
}

# succeeds COMMAND..., refuses COMMAND...: quiet if it is so.
succeeds() { "$@" >"$work/said" 2>&1 || { complain "$*"; cat "$work/said" >&2; }; }
refuses() { if "$@" >"$work/said" 2>&1; then complain "not refused: $*"; fi; }

finish() {
  ((failures == 0)) || exit 1
}
