# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A new service, as a copy of services/approval: the reference service builds and passes its tests, a template of its
# own would rot. What remains is to replace approval's nouns and rules, file by file, with the tests going along.
# shellcheck disable=SC2154

# new_service NAME
new_service() {
  local name=${1-} words camel upper rename file copy files library
  [[ $# -eq 1 && $name =~ ^[a-z][a-z0-9]*(_[a-z0-9]+)*$ ]] || fail "new-service takes a name as in: org_registration"
  [[ ! -e services/$name && ! -e protos/eid/$name ]] || fail "there is a $name already"
  read -ra words <<<"${name//_/ }"
  printf -v camel '%s' "${words[@]^}"
  upper=${name^^}
  rename="s/approval/$name/g; s/Approval/$camel/g; s/APPROVAL/$upper/g"

  mapfile -t files < <(sources 'services/approval/*' 'protos/eid/approval/*' 'deploy/*' |
    grep -E '^(services|protos/eid)/approval/|/approval[^/]*$')
  ((${#files[@]} > 0)) || fail "there is no services/approval to copy"
  for file in "${files[@]}"; do
    copy=$(sed "$rename" <<<"$file")
    mkdir -p -- "$(dirname -- "$copy")"
    sed "$rename" -- "$file" >"$copy"
    chmod --reference="$file" -- "$copy"
  done
  sed -i "/^add_subdirectory(verification)/a add_subdirectory($name)" services/CMakeLists.txt
  # The library of its contract. A library may be named before it is declared, so the end is as good as any place.
  library=$(sed -n '/^eid_proto_library(eid_proto_approval /,/)$/p' protos/CMakeLists.txt | sed "$rename")
  say "$library" >>protos/CMakeLists.txt
  cat <<TEXT
made services/$name, protos/eid/$name and what belongs to them in deploy, protos/CMakeLists.txt and services/CMakeLists.txt

Left to do:
  eid_proto_$name in the list of eid_protos (protos/CMakeLists.txt)
  the contract, then store, rules, operations and RPCs, with their tests: now they are approval's
  who calls it and whom it calls: the callers in its configuration and in its peers'
  a line in README.md's picture; tools/dev contract --accept when the contract is ready
TEXT
}
