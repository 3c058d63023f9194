// SPDX-License-Identifier: Apache-2.0
#include "common/status/enum_text.h"

#include "common/testing/catch.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/policy/v1/policy.pb.h"
#include "google/protobuf/descriptor.pb.h"

namespace eid {
namespace {

TEST_CASE("ShortName drops the enum's prefix") {
  CHECK(ShortName(policy::v1::COMMON_REASON_INTERNAL) == "INTERNAL");
  CHECK(ShortName(policy::v1::OFFICER_ROLE_APPROVER) == "APPROVER");
  CHECK(ShortName(policy::v1::AUDIENCE_PUBLIC) == "PUBLIC");
  // No prefix to drop, and a nested enum.
  CHECK(ShortName(google::protobuf::FieldDescriptorProto::TYPE_DOUBLE) == "DOUBLE");
  CHECK(ShortName(google::protobuf::FileOptions::SPEED) == "SPEED");
  CHECK(ShortName(static_cast<policy::v1::CommonReason>(9999)) == "9999");
}

TEST_CASE("VietnameseText is the option's, or nothing") {
  CHECK(VietnameseText(policy::v1::COMMON_REASON_UNAUTHENTICATED) == "Vui lòng đăng nhập.");
  CHECK(VietnameseText(policy::v1::COMMON_REASON_UNSPECIFIED).empty());
  CHECK(VietnameseText(static_cast<policy::v1::CommonReason>(9999)).empty());
}

TEST_CASE("every reason and field reason has a Vietnamese text") {
  for (const auto* type :
       {policy::v1::CommonReason_descriptor(), policy::v1::FieldReason_descriptor()}) {
    for (int i = 1; i < type->value_count(); ++i) {
      INFO(type->value(i)->name());
      CHECK_FALSE(VietnameseText(*type->value(i)).empty());
    }
  }
}

}  // namespace
}  // namespace eid
