// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/encoding.h"

#include "common/testing/matchers.h"

namespace eid::crypto {
namespace {

TEST_CASE("base64url: RFC 4648 section 10 without padding, and the two letters of its own") {
  struct Case {
    absl::string_view bytes;
    const char* text;
  };
  const Case cases[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "-_-_"},
  };
  for (const Case& c : cases) {
    CHECK(Base64UrlEncode(c.bytes) == c.text);
    CHECK(testing::Value(Base64UrlDecode(c.text)) == c.bytes);
  }
}

TEST_CASE("base64url: every length comes back") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    REQUIRE(testing::Value(Base64UrlDecode(Base64UrlEncode(bytes))) == bytes);
    bytes.push_back(static_cast<char>(i * 37));
  }
}

TEST_CASE("base64url: only the one text of some bytes is taken") {
  const absl::string_view cases[] = {
      "Zg==",         // Padding.
      "Z",            // No such length.
      "Zm9vY",        //
      "Zh",           // Spare bits that are not zero.
      "Zm9",          //
      "+/+/",         // The other alphabet.
      "Zm9v\n",       // White space.
      " Zm9",         //
      "Zm.v",         //
      "Zm\xc3\xa9",   //
      {"Zm9v\0", 5},  //
  };
  for (const absl::string_view text : cases) {
    INFO(std::string(text));
    CHECK(Base64UrlDecode(text).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("hexadecimal") { CHECK(HexEncode(absl::string_view("\0\xff\x1a", 3)) == "00ff1a"); }

}  // namespace
}  // namespace eid::crypto
