// SPDX-License-Identifier: Apache-2.0
#include "common/codes/contact.h"

#include <string>

#include "common/testing/catch.h"

namespace eid::codes {
namespace {

TEST_CASE("Vietnamese numbers are accepted and have one stored form") {
  struct Case {
    const char* value;
    const char* stored;
    bool mobile;
  };
  const Case cases[] = {
      {"0912345678", "+84912345678", true},    {"0312345678", "+84312345678", true},
      {"0512345678", "+84512345678", true},    {"0712345678", "+84712345678", true},
      {"0812345678", "+84812345678", true},    {"+84912345678", "+84912345678", true},
      {"02438256789", "+842438256789", false}, {"+842838256789", "+842838256789", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK_FALSE(CheckPhone(c.value).has_value());
    CHECK(NormalisePhone(c.value) == std::string(c.stored));
    CHECK(NormalisePhone(c.stored) == std::string(c.stored));
    CHECK(CheckMobilePhone(c.value).has_value() != c.mobile);
  }
}

TEST_CASE("other phone numbers are refused") {
  CHECK(CheckPhone("")->reason == policy::v1::FIELD_REASON_REQUIRED);
  CHECK(CheckMobilePhone("")->reason == policy::v1::FIELD_REASON_REQUIRED);
  for (const char* value :
       {"912345678",    "091234567",     "09123456789", "0112345678",   "0412345678",
        "0612345678",   "0212345678",    "0012345678",  "84912345678",  "+840912345678",
        "+8491234567",  "+849123456789", "+1912345678", "0912 345 678", "0912.345.678",
        "0912-345-678", "091234567a",    "+",           "+84",          "0",
        "0243825678",   "024382567890",  "１912345678", "0912345678 "}) {
    CAPTURE(value);
    REQUIRE(CheckPhone(value).has_value());
    CHECK(CheckPhone(value)->reason == policy::v1::FIELD_REASON_MALFORMED);
    CHECK(CheckMobilePhone(value)->reason == policy::v1::FIELD_REASON_MALFORMED);
    CHECK_FALSE(NormalisePhone(value).has_value());
  }
}

TEST_CASE("ordinary addresses are accepted; the domain has one stored form") {
  for (const char* value : {"an@example.vn", "nguyen.van.an+eid@example.com.vn", "a@b.co",
                            "x_y-z@sub.example.org", "1@2.vn", "a@xn--vit-8ma.vn"}) {
    CAPTURE(value);
    CHECK_FALSE(CheckEmail(value).has_value());
  }
  CHECK(NormaliseEmail("An.Nguyen@Example.VN") == std::string("An.Nguyen@example.vn"));
  CHECK_FALSE(NormaliseEmail("nobody").has_value());
}

TEST_CASE("other addresses are refused") {
  CHECK(CheckEmail("")->reason == policy::v1::FIELD_REASON_REQUIRED);
  for (const char* value : {"an",
                            "an@",
                            "@example.vn",
                            "an@example",
                            "an@@example.vn",
                            "an@b@example.vn",
                            "an example@example.vn",
                            ".an@example.vn",
                            "an.@example.vn",
                            "a..n@example.vn",
                            "an@.example.vn",
                            "an@example..vn",
                            "an@example.vn.",
                            "an@-example.vn",
                            "an@example-.vn",
                            "an@127.0.0.1",
                            "an@[127.0.0.1]",
                            "\"an\"@example.vn",
                            "an@exa_mple.vn",
                            "an@example.v",
                            "ân@example.vn",
                            "an@ví-dụ.vn",
                            "an@example.vn\n",
                            "an<@example.vn",
                            "a,n@example.vn"}) {
    CAPTURE(value);
    REQUIRE(CheckEmail(value).has_value());
    CHECK(CheckEmail(value)->reason == policy::v1::FIELD_REASON_MALFORMED);
  }
}

TEST_CASE("an address is at most 254 characters long, its local part 64") {
  const auto address = [](size_t local, size_t total) {
    std::string text = std::string(local, 'a') + "@";
    // Labels of at most 63 characters.
    while (text.size() < total - 3) {
      const size_t left = total - 3 - text.size();
      if (text.back() != '@' && left > 1) text += '.';
      text += std::string(
          std::min<size_t>(left > 50 ? 40 : left - (text.back() == '.' ? 1 : 0), 60), 'b');
    }
    return text.substr(0, total - 3) + ".vn";
  };
  CHECK_FALSE(CheckEmail(address(64, 254)).has_value());
  CHECK(CheckEmail(address(64, 255))->reason == policy::v1::FIELD_REASON_TOO_LONG);
  CHECK_FALSE(CheckEmail(std::string(64, 'a') + "@example.vn").has_value());
  CHECK(CheckEmail(std::string(65, 'a') + "@example.vn")->reason ==
        policy::v1::FIELD_REASON_MALFORMED);
  CHECK_FALSE(CheckEmail("a@" + std::string(63, 'b') + ".vn").has_value());
  CHECK(CheckEmail("a@" + std::string(64, 'b') + ".vn")->reason ==
        policy::v1::FIELD_REASON_MALFORMED);
}

}  // namespace
}  // namespace eid::codes
