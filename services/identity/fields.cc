// SPDX-License-Identifier: Apache-2.0
#include "services/identity/fields.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/codes/contact.h"
#include "common/codes/date.h"
#include "common/codes/personal_id.h"
#include "common/codes/text_field.h"
#include "common/text/name.h"

namespace eid::identity {
namespace {

constexpr size_t kMaxId = 64;
constexpr size_t kMaxUnit = 35;

bool IsUnitCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.';
}

}  // namespace

absl::Status ToStatus(const Violations& violations) {
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

void CheckId(absl::string_view value, absl::string_view field, Violations& violations) {
  codes::Collect(codes::CheckText(value, 1, kMaxId), field, violations);
}

void CheckOptionalId(absl::string_view value, absl::string_view field, Violations& violations) {
  codes::Collect(codes::CheckText(value, 0, kMaxId), field, violations);
}

void CheckRole(policy::v1::OfficerRole role, bool optional, Violations& violations) {
  CheckEnum(role, policy::v1::OfficerRole_IsValid(role), optional, "role", violations);
}

void CheckPage(int page_size, Violations& violations) {
  if (page_size < 0) {
    violations.Add("page_size", policy::v1::FIELD_REASON_OUT_OF_RANGE, "Must not be negative.");
  }
}

void CheckUnit(absl::string_view value, bool optional, Violations& violations) {
  if (value.empty()) {
    if (!optional) violations.Add("unit_code", policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  } else if (value.size() > kMaxUnit) {
    violations.Add("unit_code", policy::v1::FIELD_REASON_TOO_LONG, "At most 35 characters.");
  } else if (!std::all_of(value.begin(), value.end(), IsUnitCharacter)) {
    violations.Add("unit_code", policy::v1::FIELD_REASON_MALFORMED, "Letters, digits and dots.");
  }
}

void CheckDigits(absl::string_view value, size_t count, absl::string_view field,
                 Violations& violations) {
  if (value.empty()) {
    violations.Add(field, policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
  } else if (value.size() != count ||
             !std::all_of(value.begin(), value.end(), absl::ascii_isdigit)) {
    violations.Add(field, policy::v1::FIELD_REASON_MALFORMED,
                   absl::StrCat("Must be ", count, " digits."));
  }
}

void CheckPerson(const PersonFields& person, absl::CivilDay today, Violations& violations) {
  const bool number_right =
      codes::Collect(codes::CheckPersonalId(person.personal_id), "personal_id", violations);
  codes::Collect(codes::CheckText(text::NormaliseName(person.full_name), 2, 100), "full_name",
                 violations);
  const google::type::Date& birth = person.birth_date;
  const bool birth_right =
      codes::Collect(codes::CheckDateBetween(birth.year(), birth.month(), birth.day(),
                                             absl::CivilDay(1900, 1, 1), today),
                     "birth_date", violations);
  if (number_right && birth_right &&
      codes::PersonalIdBirthYear(person.personal_id) != birth.year()) {
    violations.Add("birth_date", policy::v1::FIELD_REASON_INCONSISTENT,
                   "Must be in the year of birth that the personal ID number holds.");
  }
  codes::Collect(codes::CheckMobilePhone(person.phone), "phone", violations);
  if (!person.email.empty()) codes::Collect(codes::CheckEmail(person.email), "email", violations);
}

}  // namespace eid::identity
