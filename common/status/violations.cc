// SPDX-License-Identifier: Apache-2.0
#include "common/status/violations.h"

#include "absl/strings/str_cat.h"
#include "common/status/enum_text.h"

namespace eid {
namespace {

// The message is for a person; the details hold the rest.
constexpr int kMaxInMessage = 5;

}  // namespace

std::string Nested(absl::string_view parent, absl::string_view field) {
  return parent.empty() ? std::string(field) : absl::StrCat(parent, ".", field);
}

std::string Indexed(absl::string_view field, size_t index) {
  return absl::StrCat(field, "[", index, "]");
}

void Violations::Add(absl::string_view field_path, policy::v1::FieldReason reason,
                     absl::string_view english_description) {
  if (bytes_ >= kMaxBytes) return;
  auto& violation = *request_.add_field_violations();
  violation.set_field(std::string(field_path));
  violation.set_reason(ShortName(reason));
  violation.set_description(std::string(english_description));
  if (std::string text = VietnameseText(reason); !text.empty()) {
    violation.mutable_localized_message()->set_locale("vi");
    violation.mutable_localized_message()->set_message(std::move(text));
  }
  bytes_ += violation.ByteSizeLong();
}

std::string Violations::Message() const {
  std::string message =
      size() == 1 ? "One field is wrong:" : absl::StrCat(size(), " fields are wrong:");
  for (int i = 0; i < size() && i < kMaxInMessage; ++i) {
    const auto& violation = request_.field_violations(i);
    absl::StrAppend(&message, " ", violation.field(), ": ", violation.description());
  }
  if (size() > kMaxInMessage) absl::StrAppend(&message, " And ", size() - kMaxInMessage, " more.");
  return message;
}

absl::Status Violations::WithFields(absl::Status status) const {
  SetDetail(status, request_);
  return status;
}

}  // namespace eid
