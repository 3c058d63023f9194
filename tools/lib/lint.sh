# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What a reviewer should not have to look for. Each check prints what is wrong, where, and how to put it right.
# shellcheck disable=SC2154

readonly buf_version=1.75.0

# lint [--strict]
lint() {
  local strict=false failed=() check
  case ${1-} in
    '') ;;
    --strict) strict=true ;;
    *) fail "lint takes --strict or nothing" ;;
  esac
  setup "${lint_packages[@]}"
  for check in check_format check_layers check_bans check_files check_contracts check_units; do
    "$check" "$strict" || failed+=("${check#check_}")
  done
  ((${#failed[@]} == 0)) || fail "lint: not in order: ${failed[*]}"
  say "lint: in order"
}

cpp_sources() { sources '*.cc' '*.h'; }

check_format() {
  local wrong
  # clang-format names the file in each complaint; the name is enough.
  wrong=$(cpp_sources | tr '\n' '\0' |
    xargs -0 -r -n 16 -P "$(nproc)" clang-format-14 --dry-run -Werror --ferror-limit=1 2>&1 |
    sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error: .*/  \1/p' | sort -u) || true
  [[ -z $wrong ]] || { printf '%s\n' "not formatted; tools/dev fmt does it:" "$wrong" >&2; return 1; }
}

format() { # [FILE ...]
  local files=("$@")
  setup "${lint_packages[@]}"
  if (($# == 0)); then mapfile -t files < <(cpp_sources); else cd -- "$start_dir" || exit; fi
  ((${#files[@]} == 0)) || printf '%s\0' "${files[@]}" | xargs -0 -n 16 -P "$(nproc)" clang-format-14 -i --
}

check_layers() { tools/check_layers; }

# ban WHY PATTERN: reads file names; complains of each line in them that matches, unless it is a comment.
ban() {
  local found
  found=$(xargs -r -d '\n' grep -nHEI -e "$2" -- 2>/dev/null | grep -vE '^[^:]+:[0-9]+:[[:space:]]*(//|# |\*)' |
    cut -c1-160 | sed 's/^/  /') || true
  [[ -z $found ]] || { printf '%s\n%s\n' "$1" "$found" >&2; return 1; }
}

# Tests, and what is only for tests.
readonly test_files='(_test\.cc|_test\.sh)$|^tests/|/testing/'

check_bans() {
  local status=0
  cpp_sources | grep -vE "$test_files|^tools/|^common/(clock|id|crypto)/" |
    ban "time and randomness come in as Clock& and IdSource& (common/clock, common/id, common/crypto):" \
      'absl::Now\(|GetCurrentTimeNanos|(system|steady|high_resolution)_clock::now|random_device|absl::BitGen|\brand\(' || status=1
  { sources '*.cc' '*.h' '*.sh' | grep -E "$test_files" || true; } |
    ban "a test waits for a condition, never for a time:" \
      'sleep_for|sleep_until|SleepFor|\bu?sleep\(|nanosleep|^[[:space:]]*sleep ' || status=1
  cpp_sources | ban "absl::string_view in every signature; the two are different types on Debian 12:" \
    'std::string_view|<string_view>' || status=1
  cpp_sources | ban "no exceptions of ours; errors are absl::Status:" '\bthrow\b[^;]*;|\bcatch[[:space:]]*\(' || status=1
  cpp_sources | grep -E '^(services|common)/' | grep -vE "$test_files" |
    ban "DebugString prints fields marked sensitive; log named fields:" '(Short|Utf8)?DebugString\(' || status=1
  sources '*.cc' '*.h' '*.proto' '*.sh' '*.cmake' '*CMakeLists.txt' 'tools/dev' | grep -v '^tools/lib/lint\.sh$' |
    unfinished || status=1
  return "$status"
}

# Comments count here, so this is not ban's work.
unfinished() {
  local found
  found=$(xargs -r -d '\n' grep -nHEI -e '\b(TODO|FIXME|XXX|HACK)\b' -- 2>/dev/null | cut -c1-160 | sed 's/^/  /') || true
  [[ -z $found ]] || { printf '%s\n%s\n' "unfinished; do it or open an issue:" "$found" >&2; return 1; }
}

# Licence line, include guard, length.
check_files() {
  local file status=0 lines limit
  while IFS= read -r file; do
    head -n 2 -- "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
      { say "no licence line at the top: $file" >&2; status=1; }
    if [[ $file == *.h ]] && ! grep -q '^#pragma once$' -- "$file"; then
      say "no #pragma once: $file" >&2
      status=1
    fi
    limit=400
    if [[ $file == */main.cc ]]; then limit=60; fi
    lines=$(wc -l <"$file")
    if ((lines > limit)); then
      say "$lines lines, at most $limit; has it one reason to exist? $file" >&2
      status=1
    fi
  done < <(sources '*.cc' '*.h' '*.proto' '*.cmake' '*CMakeLists.txt' '*.sh')
  return "$status"
}

# buf lint and buf breaking. buf is not in Debian; npm has it. --strict: its absence is an error.
check_contracts() {
  local strict=$1 buf status=0
  buf=$(find_buf) || {
    say "contracts not linted: neither buf nor npm is here (install one of them)" >&2
    if $strict; then return 1; else return 0; fi
  }
  (cd protos && "$buf" lint) >&2 || status=1
  if [[ -f tests/contract/baseline.binpb ]]; then
    (cd protos && "$buf" breaking --against ../tests/contract/baseline.binpb) >&2 || status=1
  fi
  return "$status"
}

# Prints the path of a buf of the right version, installing it below .dev if need be.
find_buf() {
  local buf=$state/buf/node_modules/.bin/buf
  if [[ $(buf --version 2>/dev/null) == "$buf_version" ]]; then
    command -v buf
    return
  fi
  if [[ $("$buf" --version 2>/dev/null) != "$buf_version" ]]; then
    command -v npm >/dev/null || return 1
    mkdir -p -- "$state/buf"
    # Its own folder: npm writes what it installs next to the nearest package.json.
    (cd -- "$state/buf" && say '{"private": true}' >package.json &&
      npm install --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error \
        "@bufbuild/buf@$buf_version") </dev/null >"$state/buf.log" 2>&1 ||
      { say "npm could not install buf $buf_version (.dev/buf.log)" >&2; return 1; }
  fi
  say "$buf"
}

# How much of the machine a deployed process can reach, where systemd is here to say it. 15 of 100 is its "OK".
check_units() {
  local unit status=0
  command -v systemd-analyze >/dev/null || return 0
  for unit in deploy/systemd/*.service; do
    systemd-analyze security --offline=true --threshold=15 "$unit" >"$state/unit.log" 2>&1 ||
      { say "reaches too much of the machine (.dev/unit.log): $unit" >&2; status=1; }
  done
  return "$status"
}

# tidy [FILE ...]
tidy() {
  local files=("$@")
  setup "${build_packages[@]}" "${tidy_packages[@]}"
  # The generated headers have to be there.
  make_targets dev
  if (($# == 0)); then mapfile -t files < <(sources '*.cc'); else cd -- "$start_dir" || exit; fi
  printf '%s\0' "${files[@]}" |
    xargs -0 -n 4 -P "$(nproc)" clang-tidy-14 -p "$root/build/dev" --quiet --warnings-as-errors='*'
}
