// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "tools/simulators/kept_lines.h"

namespace eid::simulator {

// A record and its version: 1 at first, one more with each change.
template <class Record>
struct Versioned {
  Record record;
  int64_t version = 0;
};

// People and organizations in memory, found by their keys. Thread-safe.
class Records {
 public:
  // Adds the records of a JSON Lines file. INVALID_ARGUMENT with file and line: not JSON of a record, a malformed code,
  // or a key that is there already. NOT_FOUND: no such file.
  absl::Status LoadPeople(const std::string& path);
  absl::Status LoadOrganizations(const std::string& path);

  // Adds what was put by an earlier process with this path, and keeps there what is put from now on: in
  // <path>.people.jsonl and <path>.organizations.jsonl. NOT_FOUND: they cannot be written.
  absl::Status KeepIn(const std::string& path);

  std::optional<Versioned<registry::v1::PersonRecord>> FindPerson(
      absl::string_view personal_id) const;
  // By the first key that the request has.
  std::optional<Versioned<registry::v1::OrganizationRecord>> FindOrganization(
      const registry::v1::LookupOrganizationRequest& request) const;

  // Adds or replaces. INVALID_ARGUMENT INVALID_REQUEST with every violation, paths below `person` and `organization`;
  // UNAVAILABLE PEER_UNAVAILABLE, and nothing changes, if it could not be kept.
  absl::Status PutPerson(const registry::v1::PersonRecord& person);
  absl::Status PutOrganization(const registry::v1::OrganizationRecord& organization);

  size_t people() const;
  size_t organizations() const;

 private:
  mutable absl::Mutex mu_;
  absl::flat_hash_map<std::string, Versioned<registry::v1::PersonRecord>> people_
      ABSL_GUARDED_BY(mu_);
  std::vector<Versioned<registry::v1::OrganizationRecord>> organizations_ ABSL_GUARDED_BY(mu_);
  // Every key of an organization, to its place in organizations_.
  absl::flat_hash_map<std::string, size_t> by_key_ ABSL_GUARDED_BY(mu_);
  // Where what is put is kept; closed: nowhere.
  KeptLines kept_people_ ABSL_GUARDED_BY(mu_);
  KeptLines kept_organizations_ ABSL_GUARDED_BY(mu_);
};

// The key that the request asks by: "tax:0100109106". Empty: it has none.
std::string KeyOf(const registry::v1::LookupOrganizationRequest& request);

}  // namespace eid::simulator
