// SPDX-License-Identifier: Apache-2.0
#include "common/auth/claims.h"

#include <functional>

#include "common/auth/testing/token_forge.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/message_differencer.h"

namespace eid::auth {
namespace {

using policy::v1::AccessClaims;
using testing::Value;

// Every field of a message, with a value that is not the default.
void FillEveryField(google::protobuf::Message& message) {
  using Field = google::protobuf::FieldDescriptor;
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const Field* field = message.GetDescriptor()->field(i);
    const bool many = field->is_repeated();
    INFO(field->full_name());
    switch (field->cpp_type()) {
      case Field::CPPTYPE_INT64: reflection.SetInt64(&message, field, int64_t{1} << 53); break;
      case Field::CPPTYPE_INT32: reflection.SetInt32(&message, field, -7); break;
      case Field::CPPTYPE_STRING: reflection.SetString(&message, field, "\"é\n\x01"); break;
      case Field::CPPTYPE_ENUM:
        for (int v = 1; v < (many ? 3 : 2); ++v) {
          const auto* value = field->enum_type()->value(v);
          many ? reflection.AddEnum(&message, field, value)
               : reflection.SetEnum(&message, field, value);
        }
        break;
      default: FAIL("a type that tokens do not carry");
    }
  }
}

TEST_CASE("every claim comes back") {
  AccessClaims claims;
  FillEveryField(claims);
  const AccessClaims again = Value(ParseClaims(ToJson(claims)));
  CHECK(google::protobuf::util::MessageDifferencer::Equals(again, claims));
  CHECK(ToJson(AccessClaims()) == "{}");
}

TEST_CASE("numbers are numbers, names are those of the JWT registry") {
  AccessClaims claims;
  claims.set_sub("a");
  claims.set_exp(1740967500);
  claims.set_account_level(2);
  claims.add_roles(policy::v1::OFFICER_ROLE_REVIEWER);
  claims.add_roles(policy::v1::OFFICER_ROLE_APPROVER);
  claims.set_principal(policy::v1::PRINCIPAL_KIND_SELF);
  CHECK(
      ToJson(claims) ==
      R"({"sub":"a","exp":1740967500,"account_level":2,)"
      R"("roles":["OFFICER_ROLE_REVIEWER","OFFICER_ROLE_APPROVER"],"principal":"PRINCIPAL_KIND_SELF"})");
}

TEST_CASE("a header has three members and no other") {
  CHECK_OK(ParseHeader(R"({"alg":"ES256","typ":"at+jwt","kid":"k"})"));
  CHECK_OK(ParseHeader(R"({"kid":"k","typ":"at+jwt","alg":"ES256"})"));
  for (const char* json :
       {R"({"alg":"ES256","jku":"https://evil"})", R"({"crit":["exp"]})", R"({"alg":1.5})",
        R"({"alg":{}})", "", "null", "[]", "{", "{}x", "\xff"}) {
    INFO(json);
    CHECK_FALSE(ParseHeader(json).ok());
  }
  std::string deep(8000, '[');
  CHECK_FALSE(ParseHeader(deep).ok());
  CHECK_FALSE(ParseHeader("{\"alg\":" + deep).ok());
}

TEST_CASE("claims may say more than is known here") {
  const AccessClaims claims = Value(ParseClaims(
      R"({"sub":"a","new":{"x":[1]},"roles":["OFFICER_ROLE_APPROVER","OFFICER_ROLE_LATER"]})"));
  CHECK(claims.sub() == "a");
  REQUIRE(claims.roles_size() == 1);
  CHECK(claims.roles(0) == policy::v1::OFFICER_ROLE_APPROVER);
  for (const char* json :
       {R"({"sub":1.5})", R"({"exp":"soon"})", R"({"exp":1e99})", R"({"aud":["eid"]})", "", "[]"}) {
    INFO(json);
    CHECK_FALSE(ParseClaims(json).ok());
  }
}

TEST_CASE("FlawOf") {
  FakeClock clock;
  const AccessClaims good = TokenForge(clock).Claims();
  CHECK(FlawOf(good) == "");
  struct Case {
    const char* flaw;
    std::function<void(AccessClaims&)> change;
  };
  const Case cases[] = {
      {"issuer is another", [](AccessClaims& c) { c.set_iss("other"); }},
      {"issuer is another", [](AccessClaims& c) { c.clear_iss(); }},
      {"audience is another", [](AccessClaims& c) { c.set_aud("other"); }},
      {"subject is missing", [](AccessClaims& c) { c.clear_sub(); }},
      {"session is missing", [](AccessClaims& c) { c.clear_sid(); }},
      {"id is missing", [](AccessClaims& c) { c.clear_jti(); }},
      {"times are malformed", [](AccessClaims& c) { c.clear_iat(); }},
      {"times are malformed", [](AccessClaims& c) { c.clear_exp(); }},
      {"times are malformed", [](AccessClaims& c) { c.set_exp(c.iat()); }},
      {"times are malformed", [](AccessClaims& c) { c.set_iat(INT64_MIN); }},
      {"", [](AccessClaims& c) { c.set_exp(c.iat() + 300); }},
      {"life is too long", [](AccessClaims& c) { c.set_exp(c.iat() + 301); }},
      {"life is too long", [](AccessClaims& c) { c.set_exp(INT64_MAX); }},
      {"account level is malformed", [](AccessClaims& c) { c.clear_account_level(); }},
      {"", [](AccessClaims& c) { c.set_account_level(1); }},
      {"account level is malformed", [](AccessClaims& c) { c.set_account_level(3); }},
      {"authentication level is malformed",
       [](AccessClaims& c) { c.clear_authentication_level(); }},
      {"", [](AccessClaims& c) { c.set_authentication_level(4); }},
      {"authentication level is malformed", [](AccessClaims& c) { c.set_authentication_level(5); }},
      {"principal is missing", [](AccessClaims& c) { c.clear_principal(); }},
      {"principal is contradictory", [](AccessClaims& c) { c.set_organization_id("o"); }},
      {"principal is contradictory",
       [](AccessClaims& c) { c.set_principal(policy::v1::PRINCIPAL_KIND_ORGANIZATION); }},
  };
  for (const Case& c : cases) {
    AccessClaims claims = good;
    c.change(claims);
    CHECK(FlawOf(claims) == c.flaw);
  }
}

}  // namespace
}  // namespace eid::auth
