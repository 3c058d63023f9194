// SPDX-License-Identifier: Apache-2.0
// What the contracts say about an enum's value: its name for the wire and its text for a person.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace eid {

// The name without the enum's prefix: COMMON_REASON_INTERNAL of CommonReason is "INTERNAL". The
// prefix is the enum's name in UPPER_SNAKE_CASE and "_"; a name that lacks it is given whole.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);

// The option (eid.policy.v1.text).vi, "" when there is none.
std::string VietnameseText(const google::protobuf::EnumValueDescriptor& value);

// The same for a value. A number that the enum does not know is given as digits, with no text.
namespace enum_text_internal {
std::string ShortName(const google::protobuf::EnumDescriptor& type, int number);
std::string VietnameseText(const google::protobuf::EnumDescriptor& type, int number);
}  // namespace enum_text_internal

template <typename Enum>
std::string ShortName(Enum value) {
  return enum_text_internal::ShortName(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}
template <typename Enum>
std::string VietnameseText(Enum value) {
  return enum_text_internal::VietnameseText(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

}  // namespace eid
