# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What every part of tools/dev uses. Sets: root (from tools/dev), state, jobs.
# shellcheck disable=SC2154  # root

# Tools and logs of this tree.
readonly state=$root/.dev
mkdir -p -- "$state"
cd -- "$root" || exit
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*"; }

fail() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

# logged LOG COMMAND...: runs it with everything it says in LOG; if it fails, shows the end of it and says where the rest is.
logged() {
  local log=$1
  shift
  "$@" </dev/null >"$log" 2>&1 || {
    tail -n 25 -- "$log" >&2
    fail "that failed: $* (all of it: ${log#"$root"/})"
  }
}

# One job per processor, but none that memory has no room for: the largest compilations take more than 1 GB.
job_count() {
  local processors room
  processors=$(nproc)
  room=$(awk '/^MemAvailable:/ {print int($2 / 1200000)}' /proc/meminfo)
  if ((room < 1)); then room=1; fi
  echo $((room < processors ? room : processors))
}

# sources PATTERN...: tracked files and new ones, as paths below root, one per line; patterns as in git ls-files.
sources() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@"
  else
    local pattern
    for pattern in "$@"; do
      find . \( -path ./build -o -path ./.dev -o -path ./.git \) -prune -o -type f -path "./$pattern" -print
    done | sed 's#^\./##'
  fi | sort -u | while IFS= read -r file; do
    if [[ -f $file ]]; then say "$file"; fi
  done
}
