// SPDX-License-Identifier: Apache-2.0
#include "common/status/violations.h"

#include "absl/strings/str_cat.h"
#include "common/status/enum_text.h"

namespace eid {
namespace {

// The message is for a person; the details hold the rest. It travels twice, so its length counts too.
constexpr int kMaxInMessage = 5;
constexpr size_t kMaxMessageBytes = 400;

}  // namespace

std::string Nested(absl::string_view parent, absl::string_view field) {
  return parent.empty() ? std::string(field) : absl::StrCat(parent, ".", field);
}

std::string Indexed(absl::string_view field, size_t index) {
  return absl::StrCat(field, "[", index, "]");
}

void Violations::Add(absl::string_view field_path, policy::v1::FieldReason reason,
                     absl::string_view english_description) {
  // Once one has found no room none that follows is kept: they are the first ones, without a gap.
  if (bytes_ > kMaxBytes) return;
  google::rpc::BadRequest::FieldViolation violation;
  violation.set_field(std::string(field_path));
  violation.set_reason(ShortName(reason));
  violation.set_description(std::string(english_description));
  if (std::string text = VietnameseText(reason); !text.empty()) {
    violation.mutable_localized_message()->set_locale("vi");
    violation.mutable_localized_message()->set_message(std::move(text));
  }
  bytes_ += violation.ByteSizeLong();
  if (empty() || bytes_ <= kMaxBytes) *request_.add_field_violations() = std::move(violation);
}

std::string Violations::Message() const {
  std::string message =
      size() == 1 ? "One field is wrong:" : absl::StrCat(size(), " fields are wrong:");
  int told = 0;
  while (told < size() && told < kMaxInMessage && message.size() < kMaxMessageBytes) {
    const auto& violation = request_.field_violations(told++);
    absl::StrAppend(&message, " ", violation.field(), ": ", violation.description());
  }
  if (size() > told) absl::StrAppend(&message, " And ", size() - told, " more.");
  return message;
}

absl::Status Violations::WithFields(absl::Status status) const {
  SetDetail(status, request_);
  return status;
}

}  // namespace eid
