// SPDX-License-Identifier: Apache-2.0
#include "services/identity/lifecycle.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/codes/date.h"
#include "common/status/status.h"
#include "eid/identity/v1/errors.pb.h"

namespace eid::identity {
namespace {

using verification::v1::CheckPersonResponse;
using verification::v1::FieldVerdict;

absl::Status Refused(v1::ErrorReason reason, absl::string_view message,
                     const ErrorMetadata& metadata = {}) {
  return WithPrecondition(Error(absl::StatusCode::kFailedPrecondition, reason, message, metadata),
                          "PERSON", "population_database",
                          "Correct what was declared, or the record in the database, first.");
}

}  // namespace

bool IsOldEnough(const google::type::Date& birth_date, absl::Time applied) {
  const absl::CivilDay birth(birth_date.year(), birth_date.month(), birth_date.day());
  return codes::FullYears(birth, calendar::DayOf(applied)) >= kLeastAge;
}

absl::Status JudgePerson(const CheckPersonResponse& answer) {
  if (answer.outcome() == verification::v1::LOOKUP_OUTCOME_NOT_FOUND) {
    return Refused(v1::ERROR_REASON_PERSON_NOT_FOUND,
                   "The population database has no such person.");
  }
  if (answer.outcome() != verification::v1::LOOKUP_OUTCOME_MATCH &&
      answer.outcome() != verification::v1::LOOKUP_OUTCOME_MISMATCH) {
    return absl::InternalError("verification gave no outcome");
  }
  // What nobody compared differs.
  std::set<std::string> unproven = {"personal_id", "full_name", "birth_date"};
  std::set<std::string> differing;
  for (const FieldVerdict& verdict : answer.verdicts()) {
    if (verdict.verdict() == verification::v1::VERDICT_MATCH) {
      unproven.erase(verdict.field());
      continue;
    }
    if (verdict.reason() == verification::v1::VERDICT_REASON_PERSON_NOT_ACTIVE) {
      return Refused(v1::ERROR_REASON_PERSON_NOT_ELIGIBLE,
                     "The person's record in the population database is not active.");
    }
    const bool unknown_phone =
        verdict.field() == "phone" && verdict.verdict() == verification::v1::VERDICT_NOT_AVAILABLE;
    if (!unknown_phone) differing.insert(verdict.field());
  }
  differing.insert(unproven.begin(), unproven.end());
  if (differing.empty() && answer.outcome() == verification::v1::LOOKUP_OUTCOME_MATCH) {
    return absl::OkStatus();
  }
  return Refused(v1::ERROR_REASON_PERSON_MISMATCH, "The data differs from the population database.",
                 {{"fields", absl::StrJoin(differing, ",")}});
}

absl::StatusOr<calendar::Deadline> ActivationWindow(absl::Time granted,
                                                    const calendar::LegalPeriods& periods,
                                                    const calendar::Calendar& calendar) {
  return periods.DeadlineFor(calendar::period::kActivation, granted, calendar);
}

bool Represents(const v1::Organization& organization, absl::string_view account_id) {
  const auto& accounts = organization.representative_account_ids();
  return std::find(accounts.begin(), accounts.end(), account_id) != accounts.end();
}

std::string Masked(absl::string_view text) {
  constexpr size_t kShown = 3;
  if (text.empty()) return "";
  if (text.size() <= kShown) return std::string(text.size(), '*');
  return absl::StrCat(std::string(text.size() - kShown, '*'), text.substr(text.size() - kShown));
}

v1::Account MaskedAccount(v1::Account account) {
  account.set_personal_id(Masked(account.personal_id()));
  account.set_phone(Masked(account.phone()));
  account.set_email(Masked(account.email()));
  return account;
}

}  // namespace eid::identity
