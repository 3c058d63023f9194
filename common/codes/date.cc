// SPDX-License-Identifier: Apache-2.0
#include "common/codes/date.h"

namespace eid::codes {

std::optional<CodeError> CheckDate(int year, int month, int day) {
  if (year == 0 && month == 0 && day == 0) {
    return CodeError{policy::v1::FIELD_REASON_REQUIRED, "A date is required."};
  }
  const bool in_range =
      year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  // A civil day carries what is too much over to the next month.
  if (in_range && absl::CivilDay(year, month, day).day() == day) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_MALFORMED, "There is no such day in the calendar."};
}

std::optional<CodeError> CheckDateBetween(int year, int month, int day, absl::CivilDay earliest,
                                          absl::CivilDay latest) {
  if (auto error = CheckDate(year, month, day); error.has_value()) return error;
  const absl::CivilDay date(year, month, day);
  if (date >= earliest && date <= latest) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_OUT_OF_RANGE,
                   "The date must lie between " + absl::FormatCivilTime(earliest) + " and " +
                       absl::FormatCivilTime(latest) + "."};
}

int FullYears(absl::CivilDay birth, absl::CivilDay at) {
  int years = static_cast<int>(at.year() - birth.year());
  const bool before_birthday =
      at.month() < birth.month() || (at.month() == birth.month() && at.day() < birth.day());
  if (before_birthday) --years;
  return years;
}

}  // namespace eid::codes
