// SPDX-License-Identifier: Apache-2.0
// The canonical form of a dossier.
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/testing/matchers.h"
#include "services/org_registration/dossier.h"
#include "services/org_registration/testing/dossiers.h"

namespace eid::org_registration {
namespace {

using dossier::v1::Dossier;
using testing::ValidDossier;

TEST_CASE("what is written differently and means the same has one digest") {
  Dossier typed = ValidDossier();
  // Decomposed, with spaces; a phone in the national form; parts that say nothing.
  typed.mutable_names()->set_vietnamese("  Công ty  TNHH\tSao Mai ");
  typed.mutable_representative()->set_full_name("Nguye\xCC\x82\xCC\x83n Va\xCC\x86n An");
  typed.mutable_contact()->set_phone(" 0912345678");
  typed.set_tax_code(typed.tax_code() + " ");
  const std::string digest = DigestOf(Canonical(typed));
  CHECK(digest == DigestOf(ValidDossier()));
  CHECK(digest.size() == 32);
  CHECK(DigestOf(Canonical(Canonical(typed))) == digest);

  Dossier sparse, empty_parts;
  empty_parts.mutable_names();
  empty_parts.mutable_representative()->mutable_birth_date();
  CHECK(DigestOf(Canonical(empty_parts)) == DigestOf(sparse));

  Dossier other = ValidDossier();
  other.mutable_contact()->set_email("a@example.vn");
  CHECK(DigestOf(other) != DigestOf(ValidDossier()));
}

// Every message that a dossier of this type may hold, as paths of field numbers from the dossier.
std::vector<std::vector<int>> PartsOf(const google::protobuf::Descriptor& type) {
  std::vector<std::vector<int>> parts;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->message_type() == nullptr) continue;
    parts.push_back({type.field(i)->number()});
    for (std::vector<int> below : PartsOf(*type.field(i)->message_type())) {
      below.insert(below.begin(), type.field(i)->number());
      parts.push_back(std::move(below));
    }
  }
  return parts;
}

// The part at the path, there from now on; of a list, a new element.
google::protobuf::Message& PartAt(google::protobuf::Message& message, absl::Span<const int> path) {
  if (path.empty()) return message;
  const auto* field = message.GetDescriptor()->FindFieldByNumber(path[0]);
  auto* part = field->is_repeated() ? message.GetReflection()->AddMessage(&message, field)
                                    : message.GetReflection()->MutableMessage(&message, field);
  return PartAt(*part, path.subspan(1));
}

TEST_CASE("no part of a dossier keeps what the contract does not know, and none is empty") {
  const std::vector<std::vector<int>> parts = PartsOf(*Dossier::descriptor());
  CHECK(parts.size() == 8);
  Dossier own;
  own.GetReflection()->MutableUnknownFields(&own)->AddVarint(1999, 1);
  CHECK(Canonical(own).ByteSizeLong() == 0);
  for (const std::vector<int>& path : parts) {
    CAPTURE(absl::StrJoin(path, "."));
    Dossier expected;
    // An empty person of a list is somebody of whom nothing is said yet.
    if (path[0] == Dossier::kCoRepresentativesFieldNumber) expected.add_co_representatives();
    Dossier empty;
    PartAt(empty, path);
    CHECK(Canonical(empty).SerializeAsString() == expected.SerializeAsString());

    Dossier unknown;
    google::protobuf::Message& part = PartAt(unknown, path);
    part.GetReflection()->MutableUnknownFields(&part)->AddVarint(1999, 1);
    CHECK(Canonical(unknown).SerializeAsString() == expected.SerializeAsString());
  }
}

TEST_CASE("every text of a dossier is tidied") {
  std::vector<std::vector<int>> parts = PartsOf(*Dossier::descriptor());
  parts.emplace_back();
  int texts = 0;
  for (const std::vector<int>& path : parts) {
    Dossier typed, expected;
    google::protobuf::Message& part = PartAt(typed, path);
    google::protobuf::Message& right = PartAt(expected, path);
    for (int i = 0; i < part.GetDescriptor()->field_count(); ++i) {
      const auto* field = part.GetDescriptor()->field(i);
      if (field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) continue;
      ++texts;
      part.GetReflection()->SetString(&part, field, " x ");
      right.GetReflection()->SetString(&right, field, "x");
    }
    CAPTURE(absl::StrJoin(path, "."));
    if (right.ByteSizeLong() == 0) continue;
    CHECK(Canonical(typed).SerializeAsString() == expected.SerializeAsString());
  }
  CHECK(texts == 19);
}

}  // namespace
}  // namespace eid::org_registration
