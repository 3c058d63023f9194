// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/policy/v1/policy.pb.h"
#include "google/type/date.pb.h"

// The checks of fields that several requests share.
namespace eid::identity {

// INVALID_ARGUMENT INVALID_REQUEST, or OK.
absl::Status ToStatus(const Violations& violations);

// 1 to 64 printable characters: a request's id, or the id of something that we or another service
// made.
void CheckId(absl::string_view value, absl::string_view field, Violations& violations);
// The same, or nothing.
void CheckOptionalId(absl::string_view value, absl::string_view field, Violations& violations);
// A value of the enum, not the unspecified one unless `optional`.
template <class Enum>
void CheckEnum(Enum value, bool known, bool optional, absl::string_view field,
               Violations& violations) {
  if (value == Enum{} && !optional) {
    violations.Add(field, policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  } else if (!known) {
    violations.Add(field, policy::v1::FIELD_REASON_UNKNOWN_VALUE, "No such value.");
  }
}
void CheckRole(policy::v1::OfficerRole role, bool optional, Violations& violations);
// Not negative; the token is looked at later.
void CheckPage(int page_size, Violations& violations);
// Letters, digits and dots, at most 35.
void CheckUnit(absl::string_view value, bool optional, Violations& violations);
// Exactly so many digits.
void CheckDigits(absl::string_view value, size_t count, absl::string_view field,
                 Violations& violations);

// A person's own data, alike in an enrolment and in the bootstrap: the number, the name, the day of
// birth, which must agree with the number, phone and e-mail.
struct PersonFields {
  absl::string_view personal_id;
  absl::string_view full_name;
  const google::type::Date& birth_date;
  absl::string_view phone;
  absl::string_view email;
};
void CheckPerson(const PersonFields& person, absl::CivilDay today, Violations& violations);

}  // namespace eid::identity
