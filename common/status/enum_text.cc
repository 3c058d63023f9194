// SPDX-License-Identifier: Apache-2.0
#include "common/status/enum_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "eid/policy/v1/policy.pb.h"

namespace eid {
namespace {

// "CommonReason" -> "COMMON_REASON_"; "OIDCScope" -> "OIDC_SCOPE_".
std::string Prefix(const std::string& type) {
  std::string prefix;
  for (size_t i = 0; i < type.size(); ++i) {
    const bool begins = absl::ascii_isupper(type[i]) && i > 0;
    const bool after_word = begins && !absl::ascii_isupper(type[i - 1]);
    const bool before_word = begins && i + 1 < type.size() && absl::ascii_islower(type[i + 1]);
    if (after_word || before_word) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(type[i]));
  }
  return prefix + "_";
}

}  // namespace

std::string ShortName(const google::protobuf::EnumValueDescriptor& value) {
  absl::string_view name = value.name();
  const std::string prefix = Prefix(value.type()->name());
  if (name.size() > prefix.size()) absl::ConsumePrefix(&name, prefix);
  return std::string(name);
}

std::string VietnameseText(const google::protobuf::EnumValueDescriptor& value) {
  return value.options().GetExtension(policy::v1::text).vi();
}

namespace enum_text_internal {

std::string ShortName(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? absl::StrCat(number) : eid::ShortName(*value);
}

std::string VietnameseText(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? "" : eid::VietnameseText(*value);
}

}  // namespace enum_text_internal
}  // namespace eid
