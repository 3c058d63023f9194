# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Building, testing, and the demonstration.
# shellcheck disable=SC2154

# Objects are shared by all build folders and all clones of one user.
export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-2G}
if [[ ! -w ${HOME:-/nonexistent} ]]; then export CCACHE_DIR=${CCACHE_DIR:-$state/ccache}; fi

# show_progress: passes on what matters of ninja's output: errors as they are, progress a line at each tenth.
show_progress() {
  local line shown=0 tenth
  while IFS= read -r line; do
    if [[ $line =~ ^\[([0-9]+)/([0-9]+)\ [^]]*\]\  ]]; then
      tenth=$((BASH_REMATCH[1] * 10 / BASH_REMATCH[2]))
      if ((tenth > shown && BASH_REMATCH[2] > 20)); then
        shown=$tenth
        say "  ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]} steps"
      fi
    elif [[ $line != 'ninja: no work to do.' ]]; then
      say "$line"
    fi
  done
}

# forget_moved_build FOLDER: CMake refuses the cache of a tree that was elsewhere.
forget_moved_build() {
  local home
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$1/CMakeCache.txt" 2>/dev/null || true)
  if [[ -n $home && ! $home -ef $root ]]; then rm -rf -- "$1/CMakeCache.txt" "$1/CMakeFiles"; fi
}

# make_targets PRESET [TARGET ...]: configures and builds. One at a time for each preset.
make_targets() {
  local preset=$1 folder=$root/build/$1 status=0
  shift
  mkdir -p -- "$folder"
  (
    flock 9
    forget_moved_build "$folder"
    logged "$folder/configure.log" cmake --preset "$preset"
    cd -- "$folder"
    export NINJA_STATUS='[%f/%t %es] '
    # On a terminal ninja has one line that moves. What it starts does not inherit the lock.
    if [[ -t 1 ]]; then
      ninja -j "$(job_count)" "$@" 9>&-
    else
      ninja -j "$(job_count)" "$@" 2>&1 9>&- | show_progress
    fi
  ) 9>"$state/$preset.lock" || status=$?
  if ((status != 0)); then fail "the build failed"; fi
}

# build [PRESET [TARGET ...]]
build() {
  local preset=${1:-dev} begin=$SECONDS
  if (($# > 0)); then shift; fi
  setup_for "$preset"
  make_targets "$preset" "$@"
  say "built $preset in $((SECONDS - begin)) s: build/$preset"
}

setup_for() { # PRESET
  case $1 in
    dev | release) setup "${build_packages[@]}" ;;
    asan | tsan | fuzz) setup "${build_packages[@]}" "${sanitizer_packages[@]}" ;;
    *) fail "no preset \"$1\": dev, asan, tsan, fuzz or release" ;;
  esac
}

# run_tests [--preset PRESET] [ctest's arguments]
run_tests() {
  local preset=dev
  # "unit" puts its own arguments first.
  local given=("$@") i
  for ((i = 0; i < ${#given[@]}; ++i)); do
    if [[ ${given[i]} == --preset ]]; then
      preset=${given[i + 1]-}
      unset "given[i]" "given[i+1]"
      break
    fi
  done
  if [[ $preset == tsan ]]; then
    tsan "${given[@]}"
    return
  fi
  build "$preset"
  exec env "${sanitizer_environment[@]}" ctest --test-dir "$root/build/$preset" --output-on-failure \
    --no-tests=error -j "$(job_count)" "${given[@]}"
}

# demo [its arguments]
demo() {
  build dev eid_programs
  exec "$root/build/dev/bin/eid_demo" "$@"
}
