// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"

// Dates of the data, for this library's own use.
namespace eid::calendar {

// INVALID_ARGUMENT, beginning with `what`: not a full day of the calendar.
absl::StatusOr<absl::CivilDay> ToCivilDay(const google::type::Date& date, absl::string_view what);

bool IsWeekend(absl::CivilDay day);

inline int64_t DayNumber(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

}  // namespace eid::calendar
