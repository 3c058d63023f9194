// SPDX-License-Identifier: Apache-2.0
// Which questions a dossier makes, and what counts as an answer to one. Pure functions.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "eid/verification/v1/verification.pb.h"
#include "services/verification/storage.pb.h"

namespace eid::verification {

// Which registries are asked for what; from the configuration.
struct Routing {
  std::string population;
  absl::flat_hash_map<int, std::vector<std::string>> organizations;  // by OrganizationCategory
};

// Lookup.subject of the organization; every other subject is the path of a person.
inline constexpr absl::string_view kOrganizationSubject = "organization";

// A question to a registry.
using Question =
    std::variant<registry::v1::LookupPersonRequest, registry::v1::LookupOrganizationRequest>;

// A registry's answer that makes sense.
struct Answer {
  bool found = false;
  // Set if found: the one that was asked for.
  registry::v1::PersonRecord person;
  registry::v1::OrganizationRecord organization;
  registry::v1::RecordSource source;
  // SHA-256 of the question and of the answer.
  std::string request_digest;
  std::string response_digest;
};

// One look-up for each source: the representative, each co-representative, the organization at each registry of its
// category.
std::vector<v1::Lookup> PlanLookups(const dossier::v1::Dossier& dossier, const Routing& routing);

// What the look-up asks. An agency is looked up by its agency code, others by tax code, what has neither by its decision
// of establishment.
Question QuestionOf(const dossier::v1::Dossier& dossier, const v1::Lookup& lookup);

// The answer, or INTERNAL when it is malformed: found without a record, a record of somebody else, no time. A registry
// that says such things is as good as away.
absl::StatusOr<Answer> CheckAnswer(const registry::v1::LookupPersonRequest& request,
                                   const registry::v1::LookupPersonResponse& response);
absl::StatusOr<Answer> CheckAnswer(const registry::v1::LookupOrganizationRequest& request,
                                   const registry::v1::LookupOrganizationResponse& response);

}  // namespace eid::verification
