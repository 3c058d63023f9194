#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make_certs: what it makes is trusted for what it should be, and only that; a second run changes nothing.
# Usage: make_certs_test.sh path/of/make_certs
set -uo pipefail
make_certs=$1
# shellcheck source=tests/tooling/base.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/base.sh"

succeeds "$make_certs" --rogue "$work/certs"
cd -- "$work/certs" || exit 1

for name in identity org_registration verification approval gateway \
  registry_population registry_business registry_special carrier operator; do
  if ! [[ -s $name.crt && -s $name.key ]]; then
    complain "nothing for $name"
    continue
  fi
  for purpose in sslserver sslclient; do
    succeeds openssl verify -x509_strict -CAfile ca.crt -purpose "$purpose" "$name.crt"
  done
  for host in localhost "$name"; do
    succeeds openssl verify -CAfile ca.crt -verify_hostname "$host" "$name.crt"
  done
  succeeds openssl verify -CAfile ca.crt -verify_ip 127.0.0.1 "$name.crt"
  openssl x509 -in "$name.crt" -noout -ext subjectAltName | grep -q "URI:spiffe://eid.local/service/$name," ||
    complain "$name has another name"
  cmp -s <(openssl x509 -in "$name.crt" -noout -pubkey) <(openssl pkey -in "$name.key" -pubout) ||
    complain "$name.key is not of $name.crt"
done
[[ -z $(find . -name '*.key' ! -perm 0600) ]] || complain "a key that others can read"
[[ -z $(find . -type d ! -perm 0700) ]] || complain "a folder that others can enter"

refuses openssl verify -CAfile ca.crt rogue.crt
succeeds openssl verify -CAfile rogue_ca.crt rogue.crt
refuses openssl verify -CAfile ca.crt expired.crt
succeeds openssl verify -CAfile ca.crt -no_check_time expired.crt
succeeds openssl verify -CAfile ca.crt nameless.crt
openssl x509 -in nameless.crt -noout -ext subjectAltName | grep -q URI && complain "nameless has a name"

state() { sha256sum -- * ; }
before=$(state)
succeeds "$make_certs" --rogue .
[[ $(state) == "$before" ]] || complain "a second run changed something"

# What is missing is made again, and by the same authority; with another authority, everything.
rm carrier.key
succeeds "$make_certs" .
succeeds openssl verify -CAfile ca.crt carrier.crt
[[ $(state | grep -vF carrier) == "$(grep -vF carrier <<<"$before")" ]] || complain "making one changed others"
rm ca.crt
succeeds "$make_certs" --rogue .
for name in identity operator nameless; do succeeds openssl verify -CAfile ca.crt "$name.crt"; done

refuses "$make_certs"
refuses "$make_certs" --unknown .
finish
