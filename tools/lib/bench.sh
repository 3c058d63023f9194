# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The benchmark (docs/performance.md).
# shellcheck disable=SC2154

# What is compared with ours; both serve nothing here but what the benchmark starts by itself.
readonly peer_packages=(etcd-server nginx-light)

# stop_services PACKAGE...: Debian starts what it installs. What was installed here just now is not wanted as a
# service; what was there before is left alone.
stop_services() {
  local package
  if [[ ! -d /run/systemd/system ]]; then return; fi
  for package in "$@"; do
    systemctl stop "${package%%-*}.service" >/dev/null 2>&1 || true
  done
}

# bench [its arguments]
bench() {
  local absent argument
  for argument in "$@"; do
    if [[ $argument == --help ]]; then exec_bench "$@"; fi
  done
  # Some of the compared may be impossible to have: the benchmark says what is missing, in its table.
  mapfile -t absent < <(missing "${peer_packages[@]}")
  if ((${#absent[@]} > 0)); then
    (setup "${absent[@]}") || say "going on without ${absent[*]}"
    stop_services "${absent[@]}"
  fi
  exec_bench "$@"
}

exec_bench() {
  build release eid_bench
  exec "$root/build/release/bin/eid_bench" "$@"
}
