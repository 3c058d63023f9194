// SPDX-License-Identifier: Apache-2.0
#include "common/config/config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/testing/matchers.h"
#include "eid/policy/v1/token.pb.h"

namespace eid {
namespace {

using policy::v1::AccessClaims;

std::string Temporary(const std::string& text) {
  static int count = 0;
  static const std::filesystem::path folder = [] {
    std::string name = (std::filesystem::temp_directory_path() / "eid_config_XXXXXX").string();
    return std::filesystem::path(::mkdtemp(name.data()));
  }();
  const auto path = folder / std::to_string(++count);
  std::ofstream(path) << text;
  return path.string();
}

TEST_CASE("a message is read from a file") {
  const auto claims = testing::Value(LoadTextProto<AccessClaims>(
      Temporary("# A comment.\nsub: \"a\"\nexp: 5\nroles: [OFFICER_ROLE_APPROVER]\n")));
  CHECK(claims.sub() == "a");
  CHECK(claims.exp() == 5);
  CHECK(claims.roles_size() == 1);
}

TEST_CASE("an empty file is an empty message") {
  CHECK_OK(LoadTextProto<AccessClaims>(Temporary("")));
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
  CHECK(LoadTextProto<AccessClaims>("/nowhere/at/all").status().code() ==
        absl::StatusCode::kNotFound);
  CHECK_FALSE(LoadTextProto<AccessClaims>("/tmp").ok());
  const auto large = LoadTextProto<AccessClaims>(Temporary(std::string(1024 * 1024 + 1, ' ')));
  CHECK(large.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK_OK(LoadTextProto<AccessClaims>(Temporary(std::string(1024 * 1024, ' '))));
}

}  // namespace
}  // namespace eid
