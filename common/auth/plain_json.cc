// SPDX-License-Identifier: Apache-2.0
#include "common/auth/plain_json.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"

namespace eid::auth {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool TakeString(absl::string_view& json, absl::string_view& text) {
  if (!absl::ConsumePrefix(&json, "\"")) return false;
  const size_t end = json.find('"');
  if (end == absl::string_view::npos) return false;
  text = json.substr(0, end);
  json.remove_prefix(end + 1);
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isprint(c) && c != '\\'; });
}

bool TakeNumber(absl::string_view& json, int64_t& number) {
  constexpr size_t kMaxDigits = 18;
  const size_t length = std::min(json.find_first_not_of("0123456789"), json.size());
  const absl::string_view digits = json.substr(0, length);
  json.remove_prefix(length);
  const bool leads_with_zero = length > 1 && digits.front() == '0';
  return length <= kMaxDigits && !leads_with_zero && absl::SimpleAtoi(digits, &number);
}

bool TakeText(absl::string_view& json, Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  absl::string_view text;
  if (!TakeString(json, text)) return false;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    field.is_repeated() ? reflection.AddString(&message, &field, std::string(text))
                        : reflection.SetString(&message, &field, std::string(text));
    return true;
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return false;
  const EnumValueDescriptor* value = field.enum_type()->FindValueByName(std::string(text));
  if (value == nullptr) return false;
  field.is_repeated() ? reflection.AddEnum(&message, &field, value)
                      : reflection.SetEnum(&message, &field, value);
  return true;
}

bool TakeList(absl::string_view& json, Message& message, const FieldDescriptor& field) {
  if (!absl::ConsumePrefix(&json, "[")) return false;
  if (absl::ConsumePrefix(&json, "]")) return true;
  do {
    if (!TakeText(json, message, field)) return false;
  } while (absl::ConsumePrefix(&json, ","));
  return absl::ConsumePrefix(&json, "]");
}

bool TakeValue(absl::string_view& json, Message& message, const FieldDescriptor& field) {
  if (field.is_repeated()) return TakeList(json, message, field);
  const bool is_long = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  if (!is_long && field.cpp_type() != FieldDescriptor::CPPTYPE_INT32) {
    return TakeText(json, message, field);
  }
  int64_t number = 0;
  if (!TakeNumber(json, number)) return false;
  if (is_long) {
    message.GetReflection()->SetInt64(&message, &field, number);
    return true;
  }
  if (number > std::numeric_limits<int32_t>::max()) return false;
  message.GetReflection()->SetInt32(&message, &field, static_cast<int32_t>(number));
  return true;
}

}  // namespace

bool ReadPlainJson(absl::string_view json, policy::v1::AccessClaims& claims) {
  if (!absl::ConsumePrefix(&json, "{")) return false;
  if (json == "}") return true;
  const Descriptor& members = *policy::v1::AccessClaims::descriptor();
  std::vector<bool> seen(static_cast<size_t>(members.field_count()));
  do {
    absl::string_view name;
    if (!TakeString(json, name) || !absl::ConsumePrefix(&json, ":")) return false;
    const FieldDescriptor* member = members.FindFieldByName(std::string(name));
    if (member == nullptr || !TakeValue(json, claims, *member)) return false;
    if (seen[static_cast<size_t>(member->index())]) return false;
    seen[static_cast<size_t>(member->index())] = true;
  } while (absl::ConsumePrefix(&json, ","));
  return json == "}";
}

}  // namespace eid::auth
