# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The contracts in protos/ against the published ones in tests/contract/baseline.binpb.
# shellcheck disable=SC2154

# contract [--accept]
contract() {
  setup "${build_packages[@]}"
  case ${1-} in
    '') make_targets dev contract_breaking
        exec ctest --test-dir "$root/build/dev" --output-on-failure --no-tests=error -R '^contract_breaking$' ;;
    --accept) accept_contract ;;
    *) fail "contract takes --accept or nothing" ;;
  esac
}

accept_contract() {
  local files
  mapfile -t files < <(cd protos && find eid -name '*.proto' | sort)
  # Without comments and in a fixed order: the same contracts give the same bytes.
  protoc -I protos --include_imports --descriptor_set_out="$state/baseline.binpb" "${files[@]}"
  if cmp -s -- "$state/baseline.binpb" tests/contract/baseline.binpb; then
    say "nothing new: tests/contract/baseline.binpb is what it was"
  else
    cp -- "$state/baseline.binpb" tests/contract/baseline.binpb
    say "tests/contract/baseline.binpb holds ${#files[@]} files; commit it with the contracts"
  fi
}
