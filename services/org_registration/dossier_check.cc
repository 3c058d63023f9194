// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/dossier_check.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/codes/agency_code.h"
#include "common/codes/contact.h"
#include "common/codes/date.h"
#include "common/codes/personal_id.h"
#include "common/codes/tax_code.h"
#include "common/codes/text_field.h"
#include "services/org_registration/consents.h"

namespace eid::org_registration {
namespace {

using codes::CodeError;
using dossier::v1::Dossier;
using dossier::v1::Representative;
using policy::v1::FieldReason;

constexpr int kMaxCoRepresentatives = 20;
constexpr absl::CivilDay kEarliest(1900, 1, 1);

// The 34 units of the provincial level.
constexpr absl::string_view kProvinceCodes[] = {
    "01", "04", "08", "11", "12", "14", "15", "19", "20", "22", "24", "25",
    "31", "33", "37", "38", "40", "42", "44", "46", "48", "51", "52", "56",
    "66", "68", "75", "79", "80", "82", "86", "91", "92", "96"};

enum class Need { kOptional, kRequired, kForbidden };

// Which codes a category has (Dossier's comments).
struct CodeNeeds {
  dossier::v1::OrganizationCategory category;
  Need tax_code, business_code, agency_code, establishment_decision;
};
using enum Need;
constexpr CodeNeeds kCodeNeeds[] = {
    {dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, kRequired, kRequired, kOptional, kOptional},
    {dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE, kRequired, kRequired, kOptional, kOptional},
    {dossier::v1::ORGANIZATION_CATEGORY_BRANCH, kRequired, kForbidden, kOptional, kOptional},
    {dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY, kOptional, kForbidden, kRequired, kOptional},
    {dossier::v1::ORGANIZATION_CATEGORY_TAX_CODED_BODY, kRequired, kForbidden, kOptional,
     kOptional},
    {dossier::v1::ORGANIZATION_CATEGORY_OTHER, kOptional, kForbidden, kOptional, kRequired},
};

const CodeNeeds* NeedsOf(dossier::v1::OrganizationCategory category) {
  const auto* found =
      std::find_if(std::begin(kCodeNeeds), std::end(kCodeNeeds),
                   [&](const CodeNeeds& needs) { return needs.category == category; });
  return found == std::end(kCodeNeeds) ? nullptr : found;
}

bool IsRegisteredBusiness(const Dossier& dossier) {
  return dossier.category() == dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE ||
         dossier.category() == dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE;
}

// In a draft, whose category may yet change: the form of one kind or the other.
std::optional<CodeError> CheckAgencyOrTaxCode(absl::string_view value) {
  auto error = codes::CheckAgencyCode(value);
  return error.has_value() && !codes::CheckTaxCode(value).has_value() ? std::nullopt : error;
}

std::optional<CodeError> CheckProvince(absl::string_view value) {
  if (IsProvinceCode(value)) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_UNKNOWN_VALUE,
                   "Must be the two digits of a province of Decision 19/2025."};
}

class Checker {
 public:
  Checker(absl::CivilDay today, Completeness completeness, Violations& violations)
      : today_(today),
        complete_(completeness == Completeness::kSubmission),
        violations_(violations) {}

  void Check(const Dossier& dossier) {
    CheckCategory(dossier);
    CheckNames(dossier.names());
    CheckDate("dossier.establishment_date", dossier.establishment_date());
    CheckAddress(dossier.head_office());
    CheckCodes(dossier);
    CheckPerson("dossier.representative", dossier.representative());
    CheckCoRepresentatives(dossier);
    CheckContact(dossier.contact());
    Text("dossier.authorization_reference", dossier.authorization_reference(), 1, 200,
         dossier.applicant_role() == dossier::v1::APPLICANT_ROLE_AUTHORIZED_PERSON ? kRequired
                                                                                   : kOptional);
  }

 private:
  void Add(absl::string_view field, FieldReason reason, absl::string_view description) {
    violations_.Add(field, reason, description);
  }

  // A field that is checked by `check` when it is filled in. Whether it was filled in rightly.
  template <class Check>
  bool Field(absl::string_view field, const std::string& value, Need need, Check check) {
    if (value.empty()) {
      if (complete_ && need == kRequired) {
        Add(field, policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
      }
      return false;
    }
    if (complete_ && need == kForbidden) {
      Add(field, policy::v1::FIELD_REASON_NOT_ALLOWED, "Must not be set for this category.");
      return false;
    }
    return codes::Collect(check(value), field, violations_);
  }

  bool Text(absl::string_view field, const std::string& value, size_t min, size_t max, Need need) {
    return Field(field, value, need,
                 [&](absl::string_view text) { return codes::CheckText(text, min, max); });
  }

  bool CheckDate(absl::string_view field, const google::type::Date& date) {
    if (date.year() == 0 && date.month() == 0 && date.day() == 0) {
      if (complete_) Add(field, policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
      return false;
    }
    return codes::Collect(
        codes::CheckDateBetween(date.year(), date.month(), date.day(), kEarliest, today_), field,
        violations_);
  }

  template <class Enum>
  void Choice(absl::string_view field, Enum value, bool known) {
    if (value == 0) {
      if (complete_) Add(field, policy::v1::FIELD_REASON_REQUIRED, "Must be set.");
    } else if (!known) {
      Add(field, policy::v1::FIELD_REASON_UNKNOWN_VALUE, "Must be a value of the contract.");
    }
  }

  void CheckCategory(const Dossier& dossier) {
    Choice("dossier.category", dossier.category(), NeedsOf(dossier.category()) != nullptr);
    Choice("dossier.applicant_role", dossier.applicant_role(),
           dossier::v1::ApplicantRole_IsValid(dossier.applicant_role()));
  }

  void CheckNames(const dossier::v1::OrganizationNames& names) {
    Text("dossier.names.vietnamese", names.vietnamese(), 1, 300, kRequired);
    Text("dossier.names.abbreviated", names.abbreviated(), 1, 100, kOptional);
    Text("dossier.names.foreign", names.foreign(), 1, 300, kOptional);
  }

  void CheckAddress(const dossier::v1::Address& address) {
    Text("dossier.head_office.street", address.street(), 1, 200, kRequired);
    Text("dossier.head_office.commune", address.commune(), 1, 100, kRequired);
    Field("dossier.head_office.province_code", address.province_code(), kRequired, CheckProvince);
  }

  void CheckCodes(const Dossier& dossier) {
    const CodeNeeds* found = NeedsOf(dossier.category());
    const CodeNeeds needs = found != nullptr ? *found
                                             : CodeNeeds{dossier.category(), kOptional, kOptional,
                                                         kOptional, kOptional};
    const bool tax_code =
        Field("dossier.tax_code", dossier.tax_code(), needs.tax_code, codes::CheckTaxCode);
    const bool business_code = Field("dossier.business_code", dossier.business_code(),
                                     needs.business_code, codes::CheckTaxCode);
    CheckIdentificationCode(dossier, needs.agency_code);
    Text("dossier.establishment_decision", dossier.establishment_decision(), 1, 100,
         needs.establishment_decision);
    if (!complete_) return;
    if (tax_code) CheckTaxCodeKind(dossier);
    if (tax_code && business_code && dossier.business_code() != dossier.tax_code()) {
      Add("dossier.business_code", policy::v1::FIELD_REASON_INCONSISTENT,
          "Must be the same as the tax code.");
    }
  }

  // That of an enterprise or cooperative is its business code; all others have one of their own, so
  // nobody has a stranger's tax code for one (Decision 20/2020).
  void CheckIdentificationCode(const Dossier& dossier, Need need) {
    constexpr absl::string_view kField = "dossier.agency_code";
    if (!complete_) return void(Field(kField, dossier.agency_code(), need, CheckAgencyOrTaxCode));
    if (!IsRegisteredBusiness(dossier)) {
      return void(Field(kField, dossier.agency_code(), need, codes::CheckAgencyCode));
    }
    if (Field(kField, dossier.agency_code(), need, CheckAgencyOrTaxCode) &&
        dossier.agency_code() != dossier.business_code()) {
      Add(kField, policy::v1::FIELD_REASON_INCONSISTENT, "Must be the same as the business code.");
    }
  }

  // Ten digits for an independent entity, thirteen for a dependent unit (Circular 105/2020 Art. 5).
  void CheckTaxCodeKind(const Dossier& dossier) {
    const bool dependent = codes::IsDependentUnit(dossier.tax_code());
    switch (dossier.category()) {
      case dossier::v1::ORGANIZATION_CATEGORY_BRANCH:
        if (dependent) return;
        return Add("dossier.tax_code", policy::v1::FIELD_REASON_INCONSISTENT,
                   "A branch has a tax code of 13 digits.");
      case dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE:
      case dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE:
        if (!dependent) return;
        return Add("dossier.tax_code", policy::v1::FIELD_REASON_INCONSISTENT,
                   "A tax code of 13 digits is that of a branch.");
      default: return;
    }
  }

  void CheckPerson(const std::string& path, const Representative& person) {
    Text(Nested(path, "full_name"), person.full_name(), 2, 100, kRequired);
    const std::string id_path = Nested(path, "personal_id");
    const bool id = Field(id_path, person.personal_id(), kRequired, codes::CheckPersonalId);
    const bool date = CheckDate(Nested(path, "birth_date"), person.birth_date());
    Text(Nested(path, "position"), person.position(), 1, 100, kOptional);
    if (complete_ && id && date &&
        codes::PersonalIdBirthYear(person.personal_id()) != person.birth_date().year()) {
      Add(id_path, policy::v1::FIELD_REASON_INCONSISTENT,
          "Must agree with the year of the birth date.");
    }
  }

  void CheckCoRepresentatives(const Dossier& dossier) {
    if (dossier.co_representatives_size() > kMaxCoRepresentatives) {
      return Add("dossier.co_representatives", policy::v1::FIELD_REASON_TOO_MANY,
                 absl::StrCat("Must not be more than ", kMaxCoRepresentatives, "."));
    }
    absl::flat_hash_set<std::string> seen = {dossier.representative().personal_id()};
    for (int i = 0; i < dossier.co_representatives_size(); ++i) {
      const std::string path = Indexed("dossier.co_representatives", i);
      const Representative& person = dossier.co_representatives(i);
      CheckPerson(path, person);
      if (!person.personal_id().empty() && !seen.insert(person.personal_id()).second) {
        Add(Nested(path, "personal_id"), policy::v1::FIELD_REASON_DUPLICATE,
            "Each representative is named once.");
      }
    }
  }

  void CheckContact(const dossier::v1::Contact& contact) {
    Field("dossier.contact.phone", contact.phone(), kRequired, codes::CheckPhone);
    Field("dossier.contact.email", contact.email(), kOptional, codes::CheckEmail);
  }

  const absl::CivilDay today_;
  const bool complete_;
  Violations& violations_;
};

}  // namespace

void CheckDossier(const Dossier& dossier, absl::CivilDay today, Completeness completeness,
                  Violations& violations) {
  Checker(today, completeness, violations).Check(dossier);
}

bool IsProvinceCode(absl::string_view code) {
  return std::binary_search(std::begin(kProvinceCodes), std::end(kProvinceCodes), code);
}

}  // namespace eid::org_registration
