// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/dossier_fields.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/org_registration/dossier.h"

namespace eid::org_registration {
namespace {

using dossier::v1::Dossier;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;

// Who may change the first must be able to change the second with it. In order: what a pair opens
// counts for those below it.
constexpr std::pair<absl::string_view, absl::string_view> kPairs[] = {
    {"business_code", "tax_code"},
    {"tax_code", "business_code"},
    {"tax_code", "agency_code"},
    {"representative.personal_id", "representative.birth_date"},
    {"representative.birth_date", "representative.personal_id"},
};

bool IsDossierPath(absl::string_view path) {
  return std::find(DossierPaths().begin(), DossierPaths().end(), path) != DossierPaths().end();
}

std::pair<absl::string_view, absl::string_view> Split(absl::string_view path) {
  const size_t dot = path.find('.');
  if (dot == absl::string_view::npos) return {path, {}};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

// One field of a message; the messages are of one type.
void TakeField(absl::string_view path, const Message& from, Message& to) {
  const auto [name, below] = Split(path);
  const FieldDescriptor* field = to.GetDescriptor()->FindFieldByName(std::string(name));
  const auto* reflection = to.GetReflection();
  if (!below.empty()) {
    return TakeField(below, reflection->GetMessage(from, field),
                     *reflection->MutableMessage(&to, field));
  }
  reflection->ClearField(&to, field);
  if (field->is_repeated()) {
    for (int i = 0; i < reflection->FieldSize(from, field); ++i) {
      reflection->AddMessage(&to, field)->CopyFrom(reflection->GetRepeatedMessage(from, field, i));
    }
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    if (reflection->HasField(from, field)) {
      reflection->MutableMessage(&to, field)->CopyFrom(reflection->GetMessage(from, field));
    }
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    reflection->SetEnumValue(&to, field, reflection->GetEnumValue(from, field));
  } else {
    reflection->SetString(&to, field, reflection->GetString(from, field));
  }
}

// The path of a mask that an officer's words about a field come to: without list indexes, and no
// deeper than masks go.
absl::string_view Widen(absl::string_view path) {
  path = path.substr(0, path.find('['));
  while (!IsDossierPath(path)) {
    const size_t dot = path.rfind('.');
    if (dot == absl::string_view::npos) return path;
    path = path.substr(0, dot);
  }
  return path;
}

}  // namespace

const std::vector<absl::string_view>& DossierPaths() {
  static const auto* const paths = new std::vector<absl::string_view>{
      "category",
      "names",
      "names.vietnamese",
      "names.abbreviated",
      "names.foreign",
      "establishment_date",
      "head_office",
      "head_office.street",
      "head_office.commune",
      "head_office.province_code",
      "tax_code",
      "business_code",
      "agency_code",
      "representative",
      "representative.full_name",
      "representative.personal_id",
      "representative.birth_date",
      "representative.position",
      "co_representatives",
      "applicant_role",
      "contact",
      "contact.phone",
      "contact.email",
      "establishment_decision",
      "authorization_reference",
  };
  return *paths;
}

void CheckMask(const FieldMask& mask, Violations& violations) {
  if (IsWhole(mask)) return;
  for (int i = 0; i < mask.paths_size(); ++i) {
    if (IsDossierPath(mask.paths(i))) continue;
    violations.Add(Nested("update_mask", Indexed("paths", i)),
                   policy::v1::FIELD_REASON_UNKNOWN_VALUE,
                   "Must be a field of the dossier, as in \"names\" or \"contact.email\".");
  }
}

bool IsWhole(const FieldMask& mask) {
  return mask.paths().empty() || (mask.paths_size() == 1 && mask.paths(0) == "*");
}

void TakeFields(const FieldMask& mask, const Dossier& from, Dossier& to) {
  if (IsWhole(mask)) {
    to = from;
    return;
  }
  for (const std::string& path : mask.paths()) TakeField(path, from, to);
  DropEmptyParts(to);
}

std::vector<std::string> OpenPaths(const v1::SupplementRequest& request) {
  std::vector<std::string> open;
  for (const v1::SupplementItem& item : request.items()) {
    const absl::string_view path = Widen(item.field());
    if (IsDossierPath(path)) open.emplace_back(path);
  }
  if (open.empty()) {
    for (const absl::string_view path : DossierPaths()) open.emplace_back(path);
  }
  for (const auto& [one, other] : kPairs) {
    if (IsOpen(open, one) && !IsOpen(open, other)) open.emplace_back(other);
  }
  return open;
}

bool IsOpen(const std::vector<std::string>& open, absl::string_view path) {
  return std::any_of(open.begin(), open.end(), [&](const std::string& asked) {
    return path == asked || absl::StartsWith(path, absl::StrCat(asked, "."));
  });
}

}  // namespace eid::org_registration
