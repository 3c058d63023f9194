# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The suite broken on purpose: the store by itself (tests/crash/store), and the programs (tests/crash/suite).
# shellcheck disable=SC2154

# crash [--short|--long] [--mutants] [--scenario NAME] [--count N] [--seed S]
crash() {
  local selection=--short mutants=false scenario="" count="" seed=$RANDOM$RANDOM begin=$SECONDS part failed=() chosen found=false
  local again
  local bin=$root/build/dev/bin
  while (($# > 0)); do
    case $1 in
      --short | --long) selection=$1 ;;
      --mutants) mutants=true ;;
      --scenario | --count | --seed)
        [[ -n ${2-} ]] || fail "$1 takes a value"
        case $1 in
          --scenario) scenario=$2 ;;
          --count) count=$2 ;;
          --seed) seed=$2 ;;
        esac
        shift
        ;;
      *) fail "crash takes --short or --long, --mutants, --scenario NAME, --count N, --seed S" ;;
    esac
    shift
  done
  # What runs in CI has to find every defect that it was made for.
  if [[ $selection == --short && -z $scenario ]]; then mutants=true; fi
  build dev eid_programs eid_crash_store eid_crash_suite
  for part in store suite; do
    chosen=()
    if [[ -n $scenario ]]; then
      # "kill_points" is of both, "store/kill_points" of one.
      if [[ $scenario == */* && ${scenario%%/*} != "$part" ]]; then continue; fi
      "$bin/eid_crash_$part" --list | cut -f1 | grep -xF -- "${scenario##*/}" >/dev/null || continue
      chosen=(--scenario "${scenario##*/}")
    fi
    if $mutants; then chosen+=(--mutants); fi
    if [[ -n $count ]]; then chosen+=(--count "$count"); fi
    say "== $part, seed $seed"
    "$bin/eid_crash_$part" "$selection" --seed "$seed" "${chosen[@]}" || failed+=("$part")
    found=true
  done
  $found || fail "no scenario \"$scenario\""
  again="tools/dev crash $selection${scenario:+ --scenario $scenario}${count:+ --count $count}"
  if $mutants; then again+=" --mutants"; fi
  say "crash: $((SECONDS - begin)) s with the build; again: $again --seed $seed"
  ((${#failed[@]} == 0)) || fail "crash: not in order: ${failed[*]}"
}
