// SPDX-License-Identifier: Apache-2.0
#include "common/calendar/testing/rules.h"

#include <string>

#include "common/config/config.h"
#include "common/log/log.h"

namespace eid::calendar {
namespace {

template <typename Data>
Data Load(absl::string_view file) {
  absl::StatusOr<Data> data =
      LoadTextProto<Data>(std::string(EID_RULES_DIR) + "/" + std::string(file));
  CHECK_OK(data.status());
  return *std::move(data);
}

}  // namespace

const CalendarData& TestCalendarData() {
  static const CalendarData& data = *new CalendarData(Load<CalendarData>("calendar.textproto"));
  return data;
}

const PeriodsData& TestPeriodsData() {
  static const PeriodsData& data = *new PeriodsData(Load<PeriodsData>("periods.textproto"));
  return data;
}

const Calendar& TestCalendar() {
  static const Calendar& calendar = *[] {
    absl::StatusOr<Calendar> created = Calendar::Create(TestCalendarData());
    CHECK_OK(created.status());
    return new Calendar(*std::move(created));
  }();
  return calendar;
}

const LegalPeriods& TestLegalPeriods() {
  static const LegalPeriods& periods = *[] {
    absl::StatusOr<LegalPeriods> created = LegalPeriods::Create(TestPeriodsData());
    CHECK_OK(created.status());
    return new LegalPeriods(*std::move(created));
  }();
  return periods;
}

}  // namespace eid::calendar
