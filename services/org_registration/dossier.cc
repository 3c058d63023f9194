// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/dossier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/codes/contact.h"
#include "common/kv/mutation.h"
#include "common/text/name.h"
#include "common/text/normal_name.h"

namespace eid::org_registration {
namespace {

using dossier::v1::Address;
using dossier::v1::Contact;
using dossier::v1::Dossier;
using dossier::v1::OrganizationNames;
using dossier::v1::Representative;

// A text of a part: how it is read, and how it is changed. Nearly all are right as they come, and
// asking for a text in order to change it costs more than looking at it.
template <class Part>
using Read = const std::string& (Part::*)() const;
template <class Part>
using Change = std::string* (Part::*)();

template <class Part>
void Squeeze(Part& part, Read<Part> read, Change<Part> change) {
  if (text::LooksNormal((part.*read)())) return;
  *(part.*change)() = text::NormaliseName((part.*read)());
}

template <class Part>
void Trim(Part& part, Read<Part> read, Change<Part> change) {
  const std::string& value = (part.*read)();
  if (absl::StripAsciiWhitespace(value).size() == value.size()) return;
  absl::StripAsciiWhitespace((part.*change)());
}

void Tidy(OrganizationNames& names) {
  Squeeze(names, &OrganizationNames::vietnamese, &OrganizationNames::mutable_vietnamese);
  Squeeze(names, &OrganizationNames::abbreviated, &OrganizationNames::mutable_abbreviated);
  Squeeze(names, &OrganizationNames::foreign, &OrganizationNames::mutable_foreign);
}

void Tidy(Address& address) {
  Squeeze(address, &Address::street, &Address::mutable_street);
  Squeeze(address, &Address::commune, &Address::mutable_commune);
  Trim(address, &Address::province_code, &Address::mutable_province_code);
}

void Tidy(Representative& person) {
  Squeeze(person, &Representative::full_name, &Representative::mutable_full_name);
  Trim(person, &Representative::personal_id, &Representative::mutable_personal_id);
  Squeeze(person, &Representative::position, &Representative::mutable_position);
}

void Tidy(Contact& contact) {
  Trim(contact, &Contact::phone, &Contact::mutable_phone);
  Trim(contact, &Contact::email, &Contact::mutable_email);
  if (auto phone = codes::NormalisePhone(contact.phone())) contact.set_phone(*std::move(phone));
  if (auto email = codes::NormaliseEmail(contact.email())) contact.set_email(*std::move(email));
}

// Here and below every message that a dossier is made of is named: dossier_test.cc fails for one
// that is not.
bool HasUnknownFields(const Dossier& dossier) {
  const auto has = [](const google::protobuf::Message& part) {
    return !part.GetReflection()->GetUnknownFields(part).empty();
  };
  const auto person_has = [&](const Representative& person) {
    return has(person) || has(person.birth_date());
  };
  const auto& others = dossier.co_representatives();
  return has(dossier) || has(dossier.names()) || has(dossier.establishment_date()) ||
         has(dossier.head_office()) || person_has(dossier.representative()) ||
         std::any_of(others.begin(), others.end(), person_has) || has(dossier.contact());
}

template <class Part>
bool IsEmpty(const Part& part) {
  return part.ByteSizeLong() == 0;
}

void DropEmptyParts(Representative& person) {
  if (person.has_birth_date() && IsEmpty(person.birth_date())) person.clear_birth_date();
}

}  // namespace

void MakeCanonical(Dossier& dossier) {
  if (HasUnknownFields(dossier)) dossier.DiscardUnknownFields();
  if (dossier.has_names()) Tidy(*dossier.mutable_names());
  if (dossier.has_head_office()) Tidy(*dossier.mutable_head_office());
  Trim(dossier, &Dossier::tax_code, &Dossier::mutable_tax_code);
  Trim(dossier, &Dossier::business_code, &Dossier::mutable_business_code);
  Trim(dossier, &Dossier::agency_code, &Dossier::mutable_agency_code);
  if (dossier.has_representative()) Tidy(*dossier.mutable_representative());
  for (Representative& person : *dossier.mutable_co_representatives()) Tidy(person);
  if (dossier.has_contact()) Tidy(*dossier.mutable_contact());
  Squeeze(dossier, &Dossier::establishment_decision, &Dossier::mutable_establishment_decision);
  Squeeze(dossier, &Dossier::authorization_reference, &Dossier::mutable_authorization_reference);
  DropEmptyParts(dossier);
}

Dossier Canonical(Dossier dossier) {
  MakeCanonical(dossier);
  return dossier;
}

void DropEmptyParts(Dossier& dossier) {
  if (dossier.has_names() && IsEmpty(dossier.names())) dossier.clear_names();
  if (dossier.has_establishment_date() && IsEmpty(dossier.establishment_date())) {
    dossier.clear_establishment_date();
  }
  if (dossier.has_head_office() && IsEmpty(dossier.head_office())) dossier.clear_head_office();
  if (dossier.has_representative()) {
    DropEmptyParts(*dossier.mutable_representative());
    if (IsEmpty(dossier.representative())) dossier.clear_representative();
  }
  for (Representative& person : *dossier.mutable_co_representatives()) DropEmptyParts(person);
  if (dossier.has_contact() && IsEmpty(dossier.contact())) dossier.clear_contact();
}

std::string DigestOf(const Dossier& dossier) { return kv::DigestOf(dossier); }

}  // namespace eid::org_registration
