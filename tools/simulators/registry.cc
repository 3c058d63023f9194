// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/registry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/codes/personal_id.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::simulator {
namespace {

using registry::v1::LookupOrganizationRequest;
using registry::v1::LookupOrganizationResponse;
using registry::v1::LookupPersonRequest;
using registry::v1::LookupPersonResponse;

}  // namespace

Registry::Registry(std::string registry_id, const Records& records, BehaviorSwitch& behavior,
                   const Clock& clock)
    : registry_id_(std::move(registry_id)), records_(records), behavior_(behavior), clock_(clock) {}

registry::v1::RecordSource Registry::SourceOf(const Plan& plan, int64_t version) const {
  registry::v1::RecordSource source;
  source.set_registry_id(registry_id_);
  const absl::Time as_of = clock_.TimeNow() - plan.as_of_lag;
  *source.mutable_as_of_time() = ToTimestamp(as_of);
  source.set_record_version(version);
  return source;
}

Answer<LookupPersonResponse> Registry::LookupPerson(const LookupPersonRequest& request) {
  const Plan plan = behavior_.Next(absl::StrCat("person:", request.personal_id()));
  if (!plan.refusal.ok()) return {plan.refusal, plan.latency};
  Violations violations;
  if (!codes::Collect(codes::CheckPersonalId(request.personal_id()), "personal_id", violations)) {
    return {violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST), plan.latency};
  }
  LookupPersonResponse response;
  auto found = records_.FindPerson(request.personal_id());
  if (found && !plan.deny) {
    response.set_found(true);
    *response.mutable_person() = std::move(found->record);
  }
  *response.mutable_source() = SourceOf(plan, response.found() ? found->version : 0);
  return {std::move(response), plan.latency};
}

Answer<LookupOrganizationResponse> Registry::LookupOrganization(
    const LookupOrganizationRequest& request) {
  const std::string key = KeyOf(request);
  const Plan plan = behavior_.Next(key);
  if (!plan.refusal.ok()) return {plan.refusal, plan.latency};
  if (key.empty()) {
    Violations violations;
    violations.Add("tax_code", policy::v1::FIELD_REASON_REQUIRED,
                   "A tax code, an agency code, or a decision of establishment with a name is "
                   "required.");
    return {violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST), plan.latency};
  }
  LookupOrganizationResponse response;
  auto found = records_.FindOrganization(request);
  if (found && !plan.deny) {
    response.set_found(true);
    *response.mutable_organization() = std::move(found->record);
  }
  *response.mutable_source() = SourceOf(plan, response.found() ? found->version : 0);
  return {std::move(response), plan.latency};
}

}  // namespace eid::simulator
