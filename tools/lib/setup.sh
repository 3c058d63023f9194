# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What has to be installed, and its installation with apt. The names hold for Debian 12 and 13 and Ubuntu 24.04.
# shellcheck disable=SC2154,SC2034  # set in base.sh, used in tools/dev

build_packages=(
  g++ cmake ninja-build ccache mold pkg-config
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libprotoc-dev libabsl-dev
  librocksdb-dev libjemalloc-dev libssl-dev openssl libsodium-dev catch2 ca-certificates
)
# One version for everybody: two versions of clang-format disagree.
lint_packages=(clang-format-14)
tidy_packages=(clang-tidy-14)
sanitizer_packages=(clang-14 libclang-rt-14-dev llvm-14)

# missing PACKAGE...: prints those that are not installed.
missing() {
  local package
  for package in "$@"; do
    # A package that was removed may still be known, so its state decides.
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed* ]] || say "$package"
  done
}

# setup PACKAGE...: installs what is missing of them.
setup() {
  local absent as_root=() log=$state/setup.log
  mapfile -t absent < <(missing "$@")
  if ((${#absent[@]} == 0)); then return; fi
  command -v apt-get >/dev/null || fail "missing, and there is no apt-get to install it with: ${absent[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "missing; install as root: apt-get install ${absent[*]}"
    as_root=(sudo)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  say "installing ${absent[*]}"
  # An unreachable list of some other program's is no reason to stop: what counts is whether the packages come.
  "${as_root[@]}" apt-get -q update </dev/null >"$state/update.log" 2>&1 ||
    say "apt-get update had difficulties (.dev/update.log); going on"
  logged "$log" "${as_root[@]}" apt-get -q install --yes --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "${absent[@]}"
  mapfile -t absent < <(missing "$@")
  ((${#absent[@]} == 0)) || fail "still missing after the installation: ${absent[*]} (.dev/setup.log)"
}
