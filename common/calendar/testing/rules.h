// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/calendar/calendar.h"
#include "common/calendar/legal_periods.h"

// The rules of deploy/rules, for tests; read once from the source tree, and a broken file ends the
// test program.
namespace eid::calendar {

const Calendar& TestCalendar();
const LegalPeriods& TestLegalPeriods();

// The data itself, for tests that change some of it.
const CalendarData& TestCalendarData();
const PeriodsData& TestPeriodsData();

}  // namespace eid::calendar
