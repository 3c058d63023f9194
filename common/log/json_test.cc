// SPDX-License-Identifier: Apache-2.0
#include "common/log/json.h"

#include "common/testing/catch.h"

namespace eid {
namespace {

TEST_CASE("AppendJsonString") {
  struct Case {
    const char* what;
    absl::string_view text;
    const char* json;
  };
  const Case cases[] = {
      {"empty", "", R"("")"},
      {"plain", "a b", R"("a b")"},
      {"quotes and backslash", "\"\\/", R"("\"\\/")"},
      {"line ends and tab", "a\r\nb\t", R"("a\r\nb\t")"},
      {"nul", absl::string_view("a\0b", 3), R"("a\u0000b")"},
      {"escape and delete", "\x1b\x7f", R"("\u001b\u007f")"},
      {"C1 control", "\xc2\x9b", R"("\u009b")"},
      {"Vietnamese", "Nguyễn", R"("Nguyễn")"},
      {"beyond the BMP", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
      {"lone continuation", "a\x80z", R"("a\ufffdz")"},
      {"cut short", "\xe1\xbb", R"("\ufffd\ufffd")"},
      {"overlong slash", "\xc0\xaf", R"("\ufffd\ufffd")"},
      {"overlong three bytes", "\xe0\x80\xaf", R"("\ufffd\ufffd\ufffd")"},
      {"surrogate", "\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},
      {"beyond Unicode", "\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    std::string out;
    AppendJsonString(out, c.text);
    CHECK(out == c.json);
  }
}

}  // namespace
}  // namespace eid
