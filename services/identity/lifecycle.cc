// SPDX-License-Identifier: Apache-2.0
#include "services/identity/lifecycle.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/codes/date.h"
#include "common/status/status.h"
#include "common/text/name.h"
#include "common/text/organization_name.h"
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
  std::vector<std::string> differing;
  for (const FieldVerdict& verdict : answer.verdicts()) {
    if (verdict.verdict() != verification::v1::VERDICT_MISMATCH) continue;
    if (verdict.reason() == verification::v1::VERDICT_REASON_PERSON_NOT_ACTIVE) {
      return Refused(v1::ERROR_REASON_PERSON_NOT_ELIGIBLE,
                     "The person's record in the population database is not active.");
    }
    differing.push_back(verdict.field());
  }
  if (answer.outcome() == verification::v1::LOOKUP_OUTCOME_MATCH && differing.empty()) {
    return absl::OkStatus();
  }
  if (answer.outcome() == verification::v1::LOOKUP_OUTCOME_MATCH ||
      answer.outcome() == verification::v1::LOOKUP_OUTCOME_MISMATCH) {
    return Refused(v1::ERROR_REASON_PERSON_MISMATCH,
                   "The data differs from the population database.",
                   {{"fields", absl::StrJoin(differing, ",")}});
  }
  return absl::InternalError("verification gave no outcome");
}

absl::StatusOr<calendar::Deadline> ActivationWindow(absl::Time granted,
                                                    const calendar::LegalPeriods& periods,
                                                    const calendar::Calendar& calendar) {
  return periods.DeadlineFor(calendar::period::kActivation, granted, calendar);
}

std::string NaturalKey(const dossier::v1::Dossier& dossier) {
  if (!dossier.tax_code().empty()) return absl::StrCat("tax:", dossier.tax_code());
  if (!dossier.agency_code().empty()) return absl::StrCat("agency:", dossier.agency_code());
  const std::string name = text::OrganizationNameKey(dossier.names().vietnamese()).key;
  const std::string decision = text::NameKey(dossier.establishment_decision());
  if (name.empty() || decision.empty()) return "";
  return absl::StrCat("name:", name, "\n", decision);
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
