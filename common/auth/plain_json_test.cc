// SPDX-License-Identifier: Apache-2.0
#include "common/auth/plain_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/auth/claims.h"
#include "common/auth/testing/token_forge.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"

namespace eid::auth {
namespace {

using google::protobuf::util::MessageDifferencer;
using policy::v1::AccessClaims;

AccessClaims ByTheLibrary(const std::string& json) {
  AccessClaims claims;
  CHECK(google::protobuf::util::JsonStringToMessage(json, &claims).ok());
  return claims;
}

TEST_CASE("what a signer writes is plain, and says what the library reads") {
  FakeClock clock;
  AccessClaims officer = TokenForge(clock).Claims();
  officer.add_roles(policy::v1::OFFICER_ROLE_REVIEWER);
  officer.add_roles(policy::v1::OFFICER_ROLE_APPROVER);
  officer.set_device_key("abc-_");
  AccessClaims representative = TokenForge(clock).Claims();
  representative.set_nbf(representative.iat());
  representative.set_auth_time(representative.iat() - 60);
  representative.set_principal(policy::v1::PRINCIPAL_KIND_ORGANIZATION);
  representative.set_organization_id("organization-1");
  representative.set_mandate("STATUTORY");
  for (const std::string& json :
       {ToJson(TokenForge(clock).Claims()), ToJson(officer), ToJson(representative),
        ToJson(AccessClaims()), std::string(R"({"roles":[]})"),
        std::string(R"({"sub":"","exp":0})"),
        std::string(R"({"exp":999999999999999999,"account_level":2147483647})"),
        std::string(R"({"sub":"{}[],:/ ~"})")}) {
    INFO(json);
    AccessClaims claims;
    REQUIRE(ReadPlainJson(json, claims));
    CHECK(MessageDifferencer::Equals(claims, ByTheLibrary(json)));
  }
}

TEST_CASE("what is not plain is left to the library") {
  for (const char* json :
       {// JSON all the same, or nearly.
        R"( {"sub":"a"})", R"({"sub" :"a"})", R"({"sub": "a"})", R"({"sub":"a"} )",
        R"({"sub":"\u0061"})", R"({"sub":"\\"})", "{\"sub\":\"\xc3\xa9\"}", R"({"sub":null})",
        R"({"exp":-1})", R"({"exp":1.0})", R"({"exp":1e3})", R"({"exp":"1"})",
        R"({"exp":1000000000000000000})", R"({"account_level":2147483648})",
        R"({"accountLevel":1})", R"({"later":1})", R"({"roles":["OFFICER_ROLE_LATER"]})",
        R"({"roles":[1]})", R"({"roles":"OFFICER_ROLE_APPROVER"})", R"({"principal":1})",
        R"({"sub":"a","sub":"b"})", R"({"sub":["a"]})",
        // Nothing at all.
        "", "{", "}", "[]", "null", "{}}", "{}{}", "{,}", R"({"sub"})", R"({"sub":})",
        R"({"sub":"a)", R"({"sub":"a",})", R"({"sub":"a""aud":"b"})", R"({"exp":})",
        R"({"exp":01})", R"({"roles":[)", R"({"roles":["OFFICER_ROLE_APPROVER",]})",
        "{\"sub\":\"a\nb\"}", "{\"sub\":\"a\tb\"}"}) {
    INFO(json);
    AccessClaims claims;
    CHECK_FALSE(ReadPlainJson(json, claims));
  }
  AccessClaims claims;
  CHECK_FALSE(ReadPlainJson(absl::string_view("{\"sub\":\"a\0\"}", 12), claims));
}

}  // namespace
}  // namespace eid::auth
