#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check_layers names each include that breaks a rule, and no other.
# Usage: check_layers_test.sh path/of/check_layers
set -uo pipefail
check=$1
# shellcheck source=tests/tooling/base.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/base.sh"

# One source file with one include, in an otherwise empty tree with two services.
tree() { # FILE INCLUDED
  rm -rf -- "$work/tree"
  mkdir -p -- "$work/tree/services/approval" "$work/tree/services/identity" "$work/tree/$(dirname "$1")"
  printf '// SPDX\n#include <string>\n#include "%s"\n' "$2" >"$work/tree/$1"
}
allowed() {
  tree "$@"
  succeeds "$check" "$work/tree"
}
forbidden() {
  tree "$@"
  refuses "$check" "$work/tree"
  grep -qF "$1:3: $2" "$work/said" || complain "not named: $1 includes $2"
}

allowed services/approval/approvals.cc services/approval/store.h
allowed services/approval/approvals.cc common/kv/table.h
allowed services/approval/workflow.cc eid/identity/v1/account_service.pb.h
forbidden services/approval/approvals.cc services/identity/store.h
forbidden services/approval/approvals_test.cc services/identity/store.h
forbidden services/approval/approvals.cc tools/simulators/seed.h
forbidden services/approval/approvals.cc tests/integration/suite.h

allowed common/rpc/policy.cc eid/policy/v1/policy.pb.h
allowed common/rpc/admin.cc eid/admin/v1/admin_service.pb.h
allowed common/kv/key.h common/crypto/digest.h
forbidden common/kv/key.h services/identity/store.h
forbidden common/kv/key_test.cc services/identity/store.h
forbidden common/text/name.h eid/dossier/v1/dossier.pb.h
forbidden common/text/name.h tools/demo/demo.h

for file in common/rpc/server.h services/identity/identity_rpc.h services/identity/carrier_peer.cc \
  services/identity/main.cc services/gateway/proxy.cc tools/demo/demo.cc tests/integration/flow_test.cc \
  services/identity/identity_rpc_test.cc services/identity/testing/fake_carrier.h; do
  allowed "$file" grpcpp/grpcpp.h
  allowed "$file" eid/admin/v1/admin_service.grpc.pb.h
done
for file in common/kv/database.h services/identity/accounts.cc services/identity/rpc.h; do
  forbidden "$file" grpcpp/grpcpp.h
  forbidden "$file" eid/admin/v1/admin_service.grpc.pb.h
done

allowed common/kv/database.cc rocksdb/db.h
allowed tools/bench/store.cc rocksdb/db.h
forbidden services/identity/store.cc rocksdb/db.h
forbidden tests/crash/crash_test.cc rocksdb/db.h

allowed services/identity/accounts_test.cc common/testing/catch.h
allowed common/rpc/testing/wire.h common/testing/matchers.h
forbidden services/identity/accounts.cc common/testing/fake_clock.h
forbidden common/rpc/server.cc common/rpc/testing/wire.h

forbidden common/kv/key.cc ../kv/key.h
finish
