// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/dossier.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "common/codes/contact.h"
#include "common/kv/mutation.h"
#include "common/text/name.h"

namespace eid::org_registration {
namespace {

using dossier::v1::Dossier;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Squeeze(std::string& value) { value = text::NormaliseName(value); }

void Trim(std::string& value) { absl::StripAsciiWhitespace(&value); }

void Tidy(dossier::v1::Representative& person) {
  Squeeze(*person.mutable_full_name());
  Trim(*person.mutable_personal_id());
  Squeeze(*person.mutable_position());
}

void Tidy(dossier::v1::Contact& contact) {
  Trim(*contact.mutable_phone());
  Trim(*contact.mutable_email());
  if (auto phone = codes::NormalisePhone(contact.phone())) contact.set_phone(*std::move(phone));
  if (auto email = codes::NormaliseEmail(contact.email())) contact.set_email(*std::move(email));
}

void DropEmpty(Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        DropEmpty(*reflection->MutableRepeatedMessage(&message, field, i));
      }
      continue;
    }
    Message& part = *reflection->MutableMessage(&message, field);
    DropEmpty(part);
    if (part.ByteSizeLong() == 0) reflection->ClearField(&message, field);
  }
}

}  // namespace

Dossier Canonical(Dossier dossier) {
  dossier.DiscardUnknownFields();
  if (dossier.has_names()) {
    Squeeze(*dossier.mutable_names()->mutable_vietnamese());
    Squeeze(*dossier.mutable_names()->mutable_abbreviated());
    Squeeze(*dossier.mutable_names()->mutable_foreign());
  }
  if (dossier.has_head_office()) {
    Squeeze(*dossier.mutable_head_office()->mutable_street());
    Squeeze(*dossier.mutable_head_office()->mutable_commune());
    Trim(*dossier.mutable_head_office()->mutable_province_code());
  }
  Trim(*dossier.mutable_tax_code());
  Trim(*dossier.mutable_business_code());
  Trim(*dossier.mutable_agency_code());
  if (dossier.has_representative()) Tidy(*dossier.mutable_representative());
  for (auto& person : *dossier.mutable_co_representatives()) Tidy(person);
  if (dossier.has_contact()) Tidy(*dossier.mutable_contact());
  Squeeze(*dossier.mutable_establishment_decision());
  Squeeze(*dossier.mutable_authorization_reference());
  DropEmptyParts(dossier);
  return dossier;
}

void DropEmptyParts(Dossier& dossier) { DropEmpty(dossier); }

std::string DigestOf(const Dossier& dossier) { return kv::DigestOf(dossier); }

}  // namespace eid::org_registration
