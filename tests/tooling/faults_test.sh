#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Faults on purpose are only in what is built for them: without EID_FAULTS a program knows neither variable.
# Usage: faults_test.sh 1|0 ROOT COMPILER PROGRAM...   1|0: whether the programs were built with them
set -uo pipefail
faults=$1 root=$2 compiler=$3
shift 3
# shellcheck source=tests/tooling/base.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/base.sh"

knows() { grep -qaE 'EID_FAILPOINT|EID_MUTANT' -- "$1"; } # FILE

for program; do
  case $faults in
    1) knows "$program" || complain "built with EID_FAULTS, but without its faults: $program" ;;
    *) ! knows "$program" || complain "built without EID_FAULTS, but with faults: $program" ;;
  esac
done

# The other way of building, on what can be compiled quickly: it needs nothing and says nothing.
printf '#include "common/fault/fault.h"\nint main() { eid::fault::Point("a"); return eid::fault::Mutant("b"); }\n' \
  >"$work/user.cc"
succeeds "$compiler" -std=c++20 -O0 -I "$root" "$work/user.cc" "$root/common/fault/fault.cc" -o "$work/user" \
  -labsl_strings -labsl_throw_delegate
knows "$work/user" && complain "fault.cc has faults in it without EID_FAULTS"
EID_FAILPOINT=a:1 EID_MUTANT=b succeeds "$work/user"

# What is deployed cannot be built with faults.
refuses cmake -S "$root" -B "$work/build" -G Ninja -DEID_HARDEN=ON -DEID_FAULTS=ON
grep -qF EID_FAULTS "$work/said" || complain "a hardened build with faults was refused for another reason"
finish
