// SPDX-License-Identifier: Apache-2.0
#include "common/kv/page.h"

#include <string>

#include "absl/strings/escaping.h"
#include "common/kv/testing/things.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::kv {
namespace {

using eid::testing::Value;

const std::string kKey(32, 'k');

TEST_CASE("a page token gives its position back, for its own query alone") {
  const std::string position("\0\xff 1 \x01", 6);
  const std::string token = MakePageToken(kKey, "query", position);
  CHECK(Value(ParsePageToken(kKey, "query", token)) == position);
  CHECK(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
      std::string::npos);

  for (const absl::Status& status :
       {ParsePageToken(kKey, "another query", token).status(),
        ParsePageToken(std::string(32, 'x'), "query", token).status(),
        ParsePageToken(kKey, "query", token + "A").status(),
        ParsePageToken(kKey, "query", token.substr(0, token.size() - 2)).status(),
        ParsePageToken(kKey, "query", "!").status(), ParsePageToken(kKey, "query", "AAAA").status(),
        ParsePageToken(kKey, "query", std::string(1 << 20, 'A')).status(),
        ParsePageToken(kKey, "query", MakeResumeToken(kKey, "query", 1)).status()}) {
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
  }
}

TEST_CASE("no altered page token is taken") {
  const std::string token = MakePageToken(kKey, "query", "position");
  std::string bytes;
  REQUIRE(absl::WebSafeBase64Unescape(token, &bytes));
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string altered = bytes;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    CHECK_FALSE(ParsePageToken(kKey, "query", absl::WebSafeBase64Escape(altered)).ok());
  }
}

TEST_CASE("no token is the first page, and the last page has none") {
  CHECK(Value(ParsePageToken(kKey, "query", "")).empty());
  CHECK(MakePageToken(kKey, "query", "").empty());
}

TEST_CASE("a resume token gives its revision back, for its own stream alone") {
  const std::string token = MakeResumeToken(kKey, "stream", 42);
  CHECK(Value(ParseResumeToken(kKey, "stream", token)) == 42);
  for (const absl::Status& status :
       {ParseResumeToken(kKey, "other", token).status(),
        ParseResumeToken(kKey, "stream", "").status(),
        ParseResumeToken(kKey, "stream", "zz").status(),
        ParseResumeToken(kKey, "stream", MakePageToken(kKey, "stream", "12345678")).status()}) {
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID));
  }
}

TEST_CASE("page sizes have a default, a maximum and no negative") {
  CHECK(Value(PageSize(0)) == 50);
  CHECK(Value(PageSize(1)) == 1);
  CHECK(Value(PageSize(500)) == 500);
  CHECK(Value(PageSize(501)) == 500);
  const absl::Status status = PageSize(-1).status();
  CHECK(HasReason(status, policy::v1::COMMON_REASON_INVALID_REQUEST));
  const auto fields = DetailOf<google::rpc::BadRequest>(status);
  REQUIRE(fields.has_value());
  CHECK(fields->field_violations(0).field() == "page_size");
}

TEST_CASE("every store has its own key for tokens and keeps it") {
  const testing::TempFolder folder;
  const DatabaseOptions options = {.path = folder / "store"};
  const std::string key = testing::OpenStore(options)->page_key();
  CHECK(key.size() == 32);
  CHECK(testing::OpenStore(options)->page_key() == key);
  CHECK(testing::OpenStore()->page_key() != key);
}

}  // namespace
}  // namespace eid::kv
