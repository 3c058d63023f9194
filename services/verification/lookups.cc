// SPDX-License-Identifier: Apache-2.0
#include "services/verification/lookups.h"

#include <utility>

#include "absl/strings/match.h"
#include "common/clock/timestamp.h"
#include "common/crypto/digest.h"
#include "common/kv/mutation.h"
#include "common/status/violations.h"
#include "services/verification/match.h"
#include "services/verification/verdicts.h"

namespace eid::verification {
namespace {

using registry::v1::LookupOrganizationRequest;
using registry::v1::LookupOrganizationResponse;
using registry::v1::LookupPersonRequest;
using registry::v1::LookupPersonResponse;

constexpr absl::string_view kRepresentative = "representative";
constexpr absl::string_view kCoRepresentatives = "co_representatives";

v1::Lookup MakeLookup(std::string subject, const std::string& registry_id) {
  v1::Lookup lookup;
  lookup.set_subject(std::move(subject));
  lookup.set_registry_id(registry_id);
  return lookup;
}

// The registry is there; what it said is no use.
absl::Status Malformed(absl::string_view what) { return absl::DataLossError(what); }

template <class Request, class Response>
absl::StatusOr<Answer> CheckSource(const Request& request, const Response& response) {
  if (!response.has_source() || !response.source().has_as_of_time() ||
      !IsValid(response.source().as_of_time())) {
    return Malformed("an answer without source and time");
  }
  Answer answer;
  answer.found = response.found();
  answer.source = response.source();
  answer.request_digest = kv::DigestOf(request);
  answer.response_digest = kv::DigestOf(response);
  return answer;
}

// Whether the record has what was asked for.
bool IsRecordOf(const LookupOrganizationRequest& request,
                const registry::v1::OrganizationRecord& record) {
  if (!request.tax_code().empty()) return request.tax_code() == record.tax_code();
  if (!request.agency_code().empty()) return request.agency_code() == record.agency_code();
  return MatchReference(request.establishment_decision(), record.establishment_decision()) ==
         Match::kSame;
}

}  // namespace

std::vector<v1::Lookup> PlanLookups(const dossier::v1::Dossier& dossier, const Routing& routing) {
  std::vector<v1::Lookup> lookups;
  lookups.push_back(MakeLookup(std::string(kRepresentative), routing.population));
  for (int i = 0; i < dossier.co_representatives_size(); ++i) {
    lookups.push_back(
        MakeLookup(Indexed(kCoRepresentatives, static_cast<size_t>(i)), routing.population));
  }
  const auto route = routing.organizations.find(dossier.category());
  if (route == routing.organizations.end()) return lookups;
  for (const std::string& registry_id : route->second) {
    lookups.push_back(MakeLookup(std::string(kOrganizationSubject), registry_id));
  }
  return lookups;
}

Question QuestionOf(const dossier::v1::Dossier& dossier, const v1::Lookup& lookup) {
  if (lookup.subject() != kOrganizationSubject) {
    LookupPersonRequest request;
    request.set_personal_id(dossier.representative().personal_id());
    for (int i = 0; i < dossier.co_representatives_size(); ++i) {
      if (lookup.subject() == Indexed(kCoRepresentatives, static_cast<size_t>(i))) {
        request.set_personal_id(dossier.co_representatives(i).personal_id());
      }
    }
    return request;
  }
  LookupOrganizationRequest request;
  const absl::string_view key = KeyField(dossier);
  if (key == "tax_code") {
    request.set_tax_code(dossier.tax_code());
  } else if (key == "agency_code") {
    request.set_agency_code(dossier.agency_code());
  } else {
    request.set_establishment_decision(dossier.establishment_decision());
    request.set_vietnamese_name(dossier.names().vietnamese());
  }
  return request;
}

absl::StatusOr<Answer> CheckAnswer(const LookupPersonRequest& request,
                                   const LookupPersonResponse& response) {
  absl::StatusOr<Answer> answer = CheckSource(request, response);
  if (!answer.ok() || !response.found()) return answer;
  if (!response.has_person() || response.person().personal_id() != request.personal_id()) {
    return Malformed("an answer without the person who was asked for");
  }
  answer->person = response.person();
  return answer;
}

absl::StatusOr<Answer> CheckAnswer(const LookupOrganizationRequest& request,
                                   const LookupOrganizationResponse& response) {
  absl::StatusOr<Answer> answer = CheckSource(request, response);
  if (!answer.ok() || !response.found()) return answer;
  if (!response.has_organization() || !IsRecordOf(request, response.organization())) {
    return Malformed("an answer without the organization that was asked for");
  }
  answer->organization = response.organization();
  return answer;
}

}  // namespace eid::verification
