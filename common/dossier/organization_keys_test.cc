// SPDX-License-Identifier: Apache-2.0
#include "common/dossier/organization_keys.h"

#include <algorithm>
#include <iterator>

#include "common/testing/catch.h"

namespace eid::dossier {
namespace {

struct Case {
  const char* what;
  v1::Dossier a;
  v1::Dossier b;
  bool same;
};

v1::Dossier Of(const char* tax_code, const char* agency_code, const char* name = "",
               const char* decision = "") {
  v1::Dossier dossier;
  dossier.set_tax_code(tax_code);
  dossier.set_agency_code(agency_code);
  dossier.mutable_names()->set_vietnamese(name);
  dossier.set_establishment_decision(decision);
  return dossier;
}

TEST_CASE("two dossiers that share one identity are of the same organization") {
  const Case c = GENERATE(values<Case>({
      {"the same tax code", Of("0100109106", ""), Of("0100109106", ""), true},
      {"another tax code", Of("0100109106", ""), Of("0100233488", ""), false},
      {"a unit is not its parent", Of("0314409058", ""), Of("0314409058-002", ""), false},
      {"an agency that leaves its tax code out", Of("0100109106", "H26.10"), Of("", "H26.10"),
       true},
      {"an agency that leaves its agency code out", Of("0100109106", "H26.10"),
       Of("0100109106", ""), true},
      {"the same name with the same decision", Of("", "", "Hội Hoà Bình", "12/QĐ-UBND"),
       Of("", "", "HỘI HÒA BÌNH", "12/QĐ-UBND"), true},
      {"the same name with another decision", Of("", "", "Hội Hoà Bình", "12/QĐ-UBND"),
       Of("", "", "Hội Hoà Bình", "13/QĐ-UBND"), false},
      {"the same name alone", Of("", "", "Hội Hoà Bình"), Of("", "", "Hội Hoà Bình"), false},
      {"a code added to name and decision", Of("", "", "Hội Hoà Bình", "12/QĐ-UBND"),
       Of("0100109106", "", "Hội Hoà Bình", "12/QĐ-UBND"), true},
  }));
  CAPTURE(c.what);
  const auto a = OrganizationKeys(c.a);
  const auto b = OrganizationKeys(c.b);
  const bool same = std::any_of(a.begin(), a.end(), [&](const std::string& key) {
    return std::count(b.begin(), b.end(), key) > 0;
  });
  CHECK(same == c.same);
}

TEST_CASE("what declares nothing has no identity") {
  CHECK(OrganizationKeys(v1::Dossier()).empty());
}

}  // namespace
}  // namespace eid::dossier
