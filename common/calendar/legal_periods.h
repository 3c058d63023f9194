// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "common/calendar/calendar.pb.h"

namespace eid::calendar {

// The ids of deploy/rules/periods.textproto.
namespace period {
// An organization whose data is in a national or specialised database; one whose data must be
// verified.
inline constexpr absl::string_view kOrganizationInDatabase = "organization.in_database";
inline constexpr absl::string_view kOrganizationToVerify = "organization.to_verify";
// A citizen's account by level; one whose card expired or who has none.
inline constexpr absl::string_view kCitizenLevel1 = "citizen.level_1";
inline constexpr absl::string_view kCitizenLevel2 = "citizen.level_2";
inline constexpr absl::string_view kCitizenWithoutCard = "citizen.without_card";
// A foreigner's account; level 2 with and without biometrics in the immigration database.
inline constexpr absl::string_view kForeignerLevel1 = "foreigner.level_1";
inline constexpr absl::string_view kForeignerLevel2 = "foreigner.level_2";
inline constexpr absl::string_view kForeignerLevel2Unknown = "foreigner.level_2_unknown";
// From the notice that the account was granted.
inline constexpr absl::string_view kActivation = "account.activation";
// An authority's request to lock or unlock: the receiving office forwards, then the head of the
// identity agency decides.
inline constexpr absl::string_view kLockForward = "lock.forward";
inline constexpr absl::string_view kLockDecide = "lock.decide";
// Appraisal of a relying party's system from the agreement.
inline constexpr absl::string_view kRelyingPartyAppraisal = "relying_party.appraisal";
}  // namespace period

// When something is due, and by which rule.
struct Deadline {
  // 24:00 of the last day at UTC+7: at this instant the period is over.
  absl::Time due_time;
  // 24:00 of the day some working days before the last (the period's data say how many; one by
  // default), but never before the receipt: from this instant a person should be warned.
  absl::Time warn_time;
  // The last day of the period: what is shown to people.
  absl::CivilDay last_day;
  std::string period_id;
  // The version of the period that was in force at receipt ("D69"), its article, and the version of
  // the calendar.
  std::string period_version;
  std::string article;
  std::string calendar_version;
  // False if a year within the period has no announced days off: the deadline may move when they
  // are.
  bool calendar_complete = false;
};

// The periods of law, each in versions over time. A matter keeps the version of its day of receipt
// (at UTC+7). Immutable: any thread.
class LegalPeriods {
 public:
  // INVALID_ARGUMENT, naming the entry: a missing id, version, unit, article or first day, an
  // amount below 1, an end before the start, two versions of one id in force on the same day.
  static absl::StatusOr<LegalPeriods> Create(const PeriodsData& data);

  // NOT_FOUND: no such period. FAILED_PRECONDITION: no version of it was in force on the day of
  // receipt. INVALID_ARGUMENT: `received` lies outside the years 1900 to 2199.
  absl::StatusOr<Deadline> DeadlineFor(absl::string_view period_id, absl::Time received,
                                       const Calendar& calendar) const;

  // The version in force on a day; errors as DeadlineFor.
  absl::StatusOr<Period> PeriodOn(absl::string_view period_id, absl::CivilDay day) const;

 private:
  LegalPeriods() = default;

  // By id; each list ordered by its first day.
  std::map<std::string, std::vector<Period>> periods_;
};

// Reads a PeriodsData in text format. The errors of the file, and of Create.
absl::StatusOr<LegalPeriods> LoadLegalPeriods(absl::string_view path);

}  // namespace eid::calendar
