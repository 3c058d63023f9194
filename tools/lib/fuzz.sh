# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# libFuzzer over the targets of tests/fuzz, and ThreadSanitizer over the tests labelled threads.
# shellcheck disable=SC2154

# Leaks count; reports have lines and names; a finding ends the program.
readonly sanitizer_environment=(
  ASAN_OPTIONS=symbolize=1:malloc_context_size=8 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-14/bin/llvm-symbolizer
)

# fuzz [--seconds N] [--short] [TARGET ...]
fuzz() {
  local seconds=600 short=false targets=() all=() program=$root/build/fuzz/bin/eid_fuzz target failed=0 begin=$SECONDS
  while (($# > 0)); do
    case $1 in
      --short) seconds=60 short=true ;;
      --seconds)
        [[ ${2-} =~ ^[1-9][0-9]*$ ]] || fail "--seconds takes a number"
        seconds=$2
        shift
        ;;
      -*) fail "fuzz takes --seconds N, --short and names of targets" ;;
      *) targets+=("$1") ;;
    esac
    shift
  done
  setup "${build_packages[@]}" "${sanitizer_packages[@]}"
  make_targets fuzz eid_fuzz
  say "built fuzz in $((SECONDS - begin)) s"
  mapfile -t all < <("$program" --list | cut -d" " -f1)
  if ((${#targets[@]} == 0)); then targets=("${all[@]}"); fi
  for target in "${targets[@]}"; do
    printf '%s\n' "${all[@]}" | grep -qxF -- "$target" || fail "no target $target; there are: ${all[*]}"
  done
  printf '%-18s %12s %10s %8s %8s %8s\n' target executions features seconds corpus found
  for target in "${targets[@]}"; do
    while (($(jobs -rp | wc -l) >= $(job_count))); do wait -n || failed=1; done
    fuzz_target "$program" "$target" "$seconds" "$short" &
  done
  while (($(jobs -p | wc -l) > 0)); do wait -n || failed=1; done
  say "fuzzed ${#targets[@]} targets in $((SECONDS - begin)) s, the build included"
  ((failed == 0)) || fail "something was found: see above"
}

# fuzz_target PROGRAM NAME SECONDS SHORT: a row of the table; fails if something was found. What it learns stays in
# .dev/fuzz/NAME/corpus for the next run, which goes on from there with other dice. A short run begins each time
# where a clean checkout does, with the same dice, so that a change is judged without what earlier runs left; how
# far it gets before its time is over is the machine's.
fuzz_target() {
  local program=$1 name=$2 seconds=$3 folder=$state/fuzz/$2 log=$state/fuzz/$2/log begin=$SECONDS status=0
  local regressions=$root/tests/fuzz/regressions/$2 executions features corpus found file length
  local learnt=$folder/corpus seed=0
  if [[ $4 == true ]]; then
    learnt=$folder/short seed=1
    rm -rf -- "$learnt" "$folder/seeds"
  fi
  mkdir -p -- "$learnt" "$folder/found"
  "$program" "--target=$name" "--seeds=$folder/seeds" || return 1
  length=$("$program" --list | sed -n "s/^$name //p")
  if [[ ! -d $regressions ]]; then regressions=$folder/seeds; fi
  env "${sanitizer_environment[@]}" \
    "$program" "--target=$name" "-max_total_time=$seconds" "-seed=$seed" -entropic=0 "-max_len=$length" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 "-artifact_prefix=$folder/found/$(date +%Y%m%d-%H%M%S)-" \
    "$learnt" "$folder/seeds" "$regressions" >"$log" 2>&1 </dev/null || status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  features=$(sed -n 's/.* ft: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  corpus=$(find "$learnt" -type f | wc -l)
  mapfile -t found < <(sed -n 's/.*Test unit written to //p' "$log")
  printf '%-18s %12s %10s %8s %8s %8s\n' "$name" "${executions:--}" "${features:--}" $((SECONDS - begin)) "$corpus" \
    "${#found[@]}"
  ((status == 0)) && return 0
  { grep -m 3 -E '^(SUMMARY|does not hold|==.*ERROR)|runtime error' "$log" || tail -n 5 -- "$log"; } | sed 's/^/    /'
  for file in "${found[@]}"; do
    say "    again: build/fuzz/bin/eid_fuzz --target=$name ${file#"$root"/}    (all of it: ${log#"$root"/})"
  done
  return 1
}

# tsan [ctest's arguments]: builds the test programs labelled threads alone, and runs them.
tsan() {
  local begin=$SECONDS
  setup_for tsan
  make_targets tsan eid_threads_tests
  say "built tsan in $((SECONDS - begin)) s"
  env "${sanitizer_environment[@]}" \
    ctest --test-dir "$root/build/tsan" -L '^threads$' --output-on-failure --no-tests=error -j "$(job_count)" "$@"
  say "tsan: in order, $((SECONDS - begin)) s with the build"
}
