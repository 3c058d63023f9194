// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/consents.h"

#include <algorithm>

namespace eid::org_registration {
namespace {

using dossier::v1::Dossier;
using v1::Registration;

bool HasConsented(const Registration& registration, int index) {
  return std::any_of(registration.consents().begin(), registration.consents().end(),
                     [&](const auto& consent) { return consent.representative_index() == index; });
}

void AddOnce(const std::string& account_id, std::vector<std::string>& accounts) {
  if (std::find(accounts.begin(), accounts.end(), account_id) == accounts.end()) {
    accounts.push_back(account_id);
  }
}

}  // namespace

bool IsAuthorized(const Dossier& dossier) {
  return dossier.applicant_role() == dossier::v1::APPLICANT_ROLE_AUTHORIZED_PERSON;
}

std::optional<int> ConsenterIndex(const Dossier& dossier, absl::string_view personal_id) {
  if (IsAuthorized(dossier) && dossier.representative().personal_id() == personal_id) {
    return kRepresentative;
  }
  for (int i = 0; i < dossier.co_representatives_size(); ++i) {
    if (dossier.co_representatives(i).personal_id() == personal_id) return i;
  }
  return std::nullopt;
}

std::vector<std::string> MissingConsents(const Registration& registration) {
  const Dossier& dossier = registration.dossier();
  std::vector<std::string> missing;
  if (IsAuthorized(dossier) && !HasConsented(registration, kRepresentative)) {
    missing.push_back(dossier.representative().personal_id());
  }
  for (int i = 0; i < dossier.co_representatives_size(); ++i) {
    if (HasConsented(registration, i)) continue;
    missing.push_back(dossier.co_representatives(i).personal_id());
  }
  return missing;
}

bool IsShownToConsenters(const Registration& registration) {
  return registration.submission_number() > 0;
}

std::vector<std::string> ConsentingAccounts(const Registration& registration) {
  std::vector<std::string> accounts;
  for (const auto& consent : registration.consents()) AddOnce(consent.account_id(), accounts);
  return accounts;
}

std::string RepresentativeAccount(const Registration& registration) {
  if (!IsAuthorized(registration.dossier())) return registration.applicant_account_id();
  for (const auto& consent : registration.consents()) {
    if (consent.representative_index() == kRepresentative) return consent.account_id();
  }
  return "";
}

std::vector<std::string> CoRepresentativeAccounts(const Registration& registration) {
  const std::string representative = RepresentativeAccount(registration);
  std::vector<std::string> accounts;
  for (const auto& consent : registration.consents()) {
    if (consent.representative_index() == kRepresentative) continue;
    if (consent.account_id() != representative) AddOnce(consent.account_id(), accounts);
  }
  return accounts;
}

}  // namespace eid::org_registration
