// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "common/calendar/calendar.h"
#include "common/calendar/legal_periods.h"
#include "common/config/config.h"
#include "common/status/macros.h"

namespace eid::calendar {

absl::StatusOr<Calendar> LoadCalendar(absl::string_view path) {
  ASSIGN_OR_RETURN(const CalendarData data, LoadTextProto<CalendarData>(std::string(path)));
  return Calendar::Create(data);
}

absl::StatusOr<LegalPeriods> LoadLegalPeriods(absl::string_view path) {
  ASSIGN_OR_RETURN(const PeriodsData data, LoadTextProto<PeriodsData>(std::string(path)));
  return LegalPeriods::Create(data);
}

}  // namespace eid::calendar
