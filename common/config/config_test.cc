// SPDX-License-Identifier: Apache-2.0
#include "common/config/config.h"

#include "common/testing/matchers.h"
#include "common/testing/temporary_folder.h"
#include "eid/policy/v1/token.pb.h"

namespace eid {
namespace {

using policy::v1::AccessClaims;

TEST_CASE("a message is read from a file") {
  const TemporaryFolder folder;
  const auto claims = testing::Value(LoadTextProto<AccessClaims>(
      folder.Write("f", "# A comment.\nsub: \"a\"\nexp: 5\nroles: [OFFICER_ROLE_APPROVER]\n")));
  CHECK(claims.sub() == "a");
  CHECK(claims.exp() == 5);
  CHECK(claims.roles_size() == 1);
}

TEST_CASE("an empty file is an empty message") {
  const TemporaryFolder folder;
  CHECK_OK(LoadTextProto<AccessClaims>(folder.Write("f", "")));
}

TEST_CASE("what is wrong is told with its place") {
  struct Case {
    const char* text;
    const char* error;
  };
  const Case cases[] = {
      {"sub: \"a\"\n  subject: \"b\"\n", "f:2:10: "},  // An unknown field.
      {"exp: \"soon\"", "f:1:6: "},
      {"exp: 99999999999999999999", "f:1:6: "},
      {"roles: OFFICER_ROLE_KING", "f:1:25: "},
      {"sub: \"a", "f:1:"},
      {"sub: \"a\" sub: \"b\"", "f:1:"},  // Twice.
      {"}", "f:1:1: "},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    AccessClaims claims;
    const absl::Status status = ParseTextProto(c.text, "f", claims);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(status.message()), Catch::StartsWith(c.error));
  }
}

TEST_CASE("a file that cannot be read") {
  const TemporaryFolder folder;
  CHECK(LoadTextProto<AccessClaims>(folder / "none").status().code() ==
        absl::StatusCode::kNotFound);
  CHECK_FALSE(LoadTextProto<AccessClaims>(folder.path()).ok());
  const auto large =
      LoadTextProto<AccessClaims>(folder.Write("f", std::string(1024 * 1024 + 1, ' ')));
  CHECK(large.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK_OK(LoadTextProto<AccessClaims>(folder.Write("f", std::string(1024 * 1024, ' '))));
}

}  // namespace
}  // namespace eid
