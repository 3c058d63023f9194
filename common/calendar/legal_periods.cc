// SPDX-License-Identifier: Apache-2.0
#include "common/calendar/legal_periods.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/calendar/civil_dates.h"
#include "common/status/macros.h"

namespace eid::calendar {
namespace {

absl::CivilDay Day(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

bool HoldsOn(const Period& period, absl::CivilDay day) {
  return day >= Day(period.effective_from()) &&
         (!period.has_effective_to() || day <= Day(period.effective_to()));
}

absl::Status Check(const Period& period) {
  const std::string what =
      absl::StrCat("period \"", period.id(), "\", version \"", period.version(), "\"");
  const auto wrong = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": ", why));
  };
  if (period.id().empty()) return wrong("has no id");
  if (period.version().empty()) return wrong("has no version");
  if (period.article().empty()) return wrong("has no article");
  if (period.unit() != Period::WORKING_DAY && period.unit() != Period::CALENDAR_DAY)
    return wrong("has no known unit");
  if (period.amount() < 1 || period.amount() > 3660)
    return wrong("has an amount outside 1 to 3660");
  if (period.warn_working_days() < 0 || period.warn_working_days() > period.amount()) {
    return wrong("warns before it begins or after it ends");
  }
  ASSIGN_OR_RETURN(const absl::CivilDay from, ToCivilDay(period.effective_from(), what));
  if (period.has_effective_to()) {
    ASSIGN_OR_RETURN(const absl::CivilDay to, ToCivilDay(period.effective_to(), what));
    if (to < from) return wrong("ends before it begins");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LegalPeriods> LegalPeriods::Create(const PeriodsData& data) {
  LegalPeriods all;
  for (const Period& period : data.periods()) {
    RETURN_IF_ERROR(Check(period));
    all.periods_[period.id()].push_back(period);
  }
  for (auto& [id, versions] : all.periods_) {
    std::sort(versions.begin(), versions.end(), [](const Period& a, const Period& b) {
      return Day(a.effective_from()) < Day(b.effective_from());
    });
    for (size_t i = 1; i < versions.size(); ++i) {
      if (HoldsOn(versions[i - 1], Day(versions[i].effective_from()))) {
        return absl::InvalidArgumentError(
            absl::StrCat("period \"", id, "\": versions \"", versions[i - 1].version(), "\" and \"",
                         versions[i].version(), "\" are in force on the same day"));
      }
    }
  }
  return all;
}

absl::StatusOr<Period> LegalPeriods::PeriodOn(absl::string_view period_id,
                                              absl::CivilDay day) const {
  const auto found = periods_.find(std::string(period_id));
  if (found == periods_.end())
    return absl::NotFoundError(absl::StrCat("no legal period \"", period_id, "\""));
  for (const Period& version : found->second) {
    if (HoldsOn(version, day)) return version;
  }
  return absl::FailedPreconditionError(absl::StrCat("no version of the legal period \"", period_id,
                                                    "\" is in force on ",
                                                    absl::FormatCivilTime(day)));
}

absl::StatusOr<Deadline> LegalPeriods::DeadlineFor(absl::string_view period_id, absl::Time received,
                                                   const Calendar& calendar) const {
  const absl::CivilDay first = DayOf(received);
  if (first.year() < 1900 || first.year() > 2199) {
    return absl::InvalidArgumentError("the time of receipt is outside the years 1900 to 2199");
  }
  ASSIGN_OR_RETURN(const Period period, PeriodOn(period_id, first));
  const absl::CivilDay last = period.unit() == Period::WORKING_DAY
                                  ? calendar.AddWorkingDays(first, period.amount())
                                  : calendar.EndOfPeriod(first, period.amount());
  const absl::CivilDay warn = calendar.AddWorkingDays(last, -period.warn_working_days());
  return Deadline{.due_time = StartOf(last + 1),
                  .warn_time = std::max(StartOf(warn + 1), received),
                  .last_day = last,
                  .period_id = period.id(),
                  .period_version = period.version(),
                  .article = period.article(),
                  .calendar_version = calendar.version(),
                  .calendar_complete = calendar.IsComplete(first, last)};
}

}  // namespace eid::calendar
