// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/admission.h"

#include <cstdint>
#include <utility>

#include "common/codes/file_code.h"
#include "common/dossier/organization_keys.h"
#include "common/kv/key.h"
#include "common/status/status.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/store.h"

namespace eid::org_registration {
namespace {

uint32_t DayNumber(absl::CivilDay day) {
  return static_cast<uint32_t>(day.year() * 10'000 + day.month() * 100 + day.day());
}

}  // namespace

absl::Status AlreadyRegistered() {
  return Error(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED,
               "Another registration of this organization is under way, or it has an account.");
}

absl::Status CheckUnique(const kv::Reader& reader, const RegistrationRow& row) {
  const v1::Registration& registration = row.registration();
  for (const std::string& key : dossier::OrganizationKeys(registration.dossier())) {
    const auto other = Registrations().GetBy(reader, kByOrganization, kv::KeyOf(key));
    if (absl::IsNotFound(other.status())) continue;
    RETURN_IF_ERROR(other.status());
    if (other->registration().registration_id() != registration.registration_id()) {
      return AlreadyRegistered();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> NextFileCode(kv::Txn& txn, const std::string& unit) {
  const absl::CivilDay day = DayOf(txn.time());
  absl::StatusOr<FileCounterRow> counter = FileCounters().Get(txn, kv::KeyOf(unit, DayNumber(day)));
  if (absl::IsNotFound(counter.status())) {
    counter = FileCounterRow();
    counter->set_unit(unit);
    counter->set_day(DayNumber(day));
  }
  RETURN_IF_ERROR(counter.status());
  counter->set_last_serial(counter->last_serial() + 1);
  absl::StatusOr<std::string> code = codes::FormatFileCode(unit, day, counter->last_serial());
  if (absl::IsOutOfRange(code.status())) {
    return WithRetry(
        Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
              "No more files can be received today."),
        absl::Hours(1));
  }
  RETURN_IF_ERROR(code.status());
  RETURN_IF_ERROR(FileCounters().Put(txn, *counter));
  return code;
}

}  // namespace eid::org_registration
