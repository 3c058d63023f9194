// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "absl/time/civil_time.h"
#include "common/codes/code_error.h"

namespace eid::codes {

// A full day of the Gregorian calendar (google.type.Date's fields): year 1 to 9999, all parts set,
// and the month has that day. REQUIRED when all three are 0, else MALFORMED.
std::optional<CodeError> CheckDate(int year, int month, int day);

// The same, and within both ends: OUT_OF_RANGE.
//   CheckDateBetween(y, m, d, absl::CivilDay(1900, 1, 1), today)
std::optional<CodeError> CheckDateBetween(int year, int month, int day, absl::CivilDay earliest,
                                          absl::CivilDay latest);

// Age in full years; negative before the birth. A year is full on the birthday; for 29 February in
// a common year, on 1 March, so that no right is given early.
int FullYears(absl::CivilDay birth, absl::CivilDay at);

}  // namespace eid::codes
