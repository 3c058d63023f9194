// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/legal_periods.h"
#include "common/clock/timestamp.h"
#include "eid/identity/v1/account_service.pb.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "eid/policy/v1/policy.pb.h"
#include "eid/verification/v1/verification_service.pb.h"
#include "google/type/date.pb.h"
#include "services/identity/storage.pb.h"

// The rules of accounts. Pure: no store, no clock, no RPC.
//
//   GRANTED --activate--> ACTIVE <--> LOCKED (while there is any ground)
//   GRANTED --window over--> ACTIVATION_EXPIRED
//
// The end of the window changes the state by itself: what a row still calls GRANTED is shown and
// treated as ACTIVATION_EXPIRED from that instant, and is rewritten soon after.
namespace eid::identity {

// Account or Organization.
template <class Resource>
typename Resource::State StateAt(const Resource& resource, absl::Time now) {
  const bool over = FromTimestamp(resource.activation_expire_time()) <= now;
  if (resource.state() == Resource::STATE_GRANTED && over) {
    return Resource::STATE_ACTIVATION_EXPIRED;
  }
  return resource.state();
}

// The resource as it is at that time.
template <class Resource>
Resource ShownAt(Resource resource, absl::Time now) {
  resource.set_state(StateAt(resource, now));
  return resource;
}

// Level 2 from six full years (Decree 69/2024 Art. 7), on the day of application at UTC+7.
inline constexpr int kLeastAge = 6;
bool IsOldEnough(const google::type::Date& birth_date, absl::Time applied);

// What the population database's answer means for an enrolment: OK if number, name and day of birth
// were compared and match, and the phone too unless the database knows none. Else
// FAILED_PRECONDITION with PERSON_NOT_FOUND, PERSON_NOT_ELIGIBLE or PERSON_MISMATCH (with the names
// of the fields, among them those that were not compared).
absl::Status JudgePerson(const verification::v1::CheckPersonResponse& answer);

// Until when an account that is granted now may be activated (Art. 14(1)).
absl::StatusOr<calendar::Deadline> ActivationWindow(absl::Time granted,
                                                    const calendar::LegalPeriods& periods,
                                                    const calendar::Calendar& calendar);

bool Represents(const v1::Organization& organization, absl::string_view account_id);

// Text with all but its last three characters hidden; short text whole. For ASCII.
std::string Masked(absl::string_view text);
// The account as lists show it.
v1::Account MaskedAccount(v1::Account account);

}  // namespace eid::identity
