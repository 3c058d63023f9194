// SPDX-License-Identifier: Apache-2.0
#include "common/dossier/organization_keys.h"

#include "absl/strings/str_cat.h"
#include "common/text/name.h"
#include "common/text/organization_name.h"

namespace eid::dossier {

std::vector<std::string> OrganizationKeys(const v1::Dossier& dossier) {
  std::vector<std::string> keys;
  if (!dossier.tax_code().empty()) keys.push_back(absl::StrCat("tax:", dossier.tax_code()));
  if (!dossier.agency_code().empty()) {
    keys.push_back(absl::StrCat("agency:", dossier.agency_code()));
  }
  const std::string name = text::OrganizationNameKey(dossier.names().vietnamese()).key;
  const std::string decision = text::NameKey(dossier.establishment_decision());
  if (!name.empty() && !decision.empty()) {
    keys.push_back(absl::StrCat("name:", name, "\n", decision));
  }
  return keys;
}

}  // namespace eid::dossier
