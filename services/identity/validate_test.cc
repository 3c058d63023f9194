// SPDX-License-Identifier: Apache-2.0
#include "services/identity/validate.h"

#include <functional>
#include <map>
#include <set>
#include <string>

#include "common/crypto/keys.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"

namespace eid::identity {
namespace {

constexpr absl::CivilDay kToday(2025, 3, 3);

// The fields that are refused, with their reasons.
std::map<std::string, std::string> Refused(const absl::Status& status) {
  std::map<std::string, std::string> fields;
  if (status.ok()) return fields;
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  const auto details = DetailOf<google::rpc::BadRequest>(status);
  REQUIRE(details.has_value());
  for (const auto& violation : details->field_violations()) {
    fields[violation.field()] = violation.reason();
  }
  return fields;
}
using Fields = std::map<std::string, std::string>;

v1::EnrollAccountRequest Enrolment() {
  v1::EnrollAccountRequest request;
  request.set_request_id("r");
  request.set_personal_id("001190123456");
  request.set_full_name("Nguyễn Thị Thử");
  request.mutable_birth_date()->set_year(1990);
  request.mutable_birth_date()->set_month(1);
  request.mutable_birth_date()->set_day(2);
  request.set_phone("0912345678");
  return request;
}

TEST_CASE("an enrolment says all that is wrong at once") {
  CHECK_OK(Validate(Enrolment(), kToday));
  CHECK(Refused(Validate(v1::EnrollAccountRequest(), kToday)) == Fields{{"request_id", "REQUIRED"},
                                                                        {"personal_id", "REQUIRED"},
                                                                        {"full_name", "REQUIRED"},
                                                                        {"birth_date", "REQUIRED"},
                                                                        {"phone", "REQUIRED"}});
}

TEST_CASE("each field of an enrolment keeps its form") {
  struct Case {
    const char* field;
    const char* reason;
    std::function<void(v1::EnrollAccountRequest&)> change;
  };
  const auto c = GENERATE(values<Case>({
      {"request_id", "TOO_LONG", [](auto& r) { r.set_request_id(std::string(65, 'x')); }},
      {"personal_id", "MALFORMED", [](auto& r) { r.set_personal_id("00119012345"); }},
      {"personal_id", "UNKNOWN_VALUE", [](auto& r) { r.set_personal_id("003190123456"); }},
      {"full_name", "TOO_SHORT", [](auto& r) { r.set_full_name("A"); }},
      {"full_name", "TOO_LONG", [](auto& r) { r.set_full_name(std::string(101, 'a')); }},
      {"full_name", "BAD_CHARACTERS",
       [](auto& r) {
         r.set_full_name(
             "A\x01"
             "B C");
       }},
      {"birth_date", "MALFORMED", [](auto& r) { r.mutable_birth_date()->set_month(13); }},
      {"birth_date", "INCONSISTENT", [](auto& r) { r.mutable_birth_date()->set_year(1991); }},
      {"birth_date", "OUT_OF_RANGE", [](auto& r) { r.mutable_birth_date()->set_year(2026); }},
      {"phone", "MALFORMED", [](auto& r) { r.set_phone("02438256789"); }},
      {"email", "MALFORMED", [](auto& r) { r.set_email("nobody"); }},
  }));
  auto request = Enrolment();
  c.change(request);
  INFO(c.field << " " << c.reason);
  const Fields refused = Refused(Validate(request, kToday));
  CHECK(refused == Fields{{c.field, c.reason}});
}

TEST_CASE("an activation needs a proof, good secrets, and a key that is one") {
  v1::ActivateAccountRequest request;
  CHECK(Refused(Validate(request)) == Fields{{"request_id", "REQUIRED"},
                                             {"personal_id", "REQUIRED"},
                                             {"proof", "REQUIRED"},
                                             {"password", "REQUIRED"},
                                             {"passcode", "REQUIRED"}});
  request.set_request_id("r");
  request.set_personal_id("001190123456");
  request.mutable_proof();
  request.set_password("short");
  request.set_passcode("123456");
  request.set_device_public_key("not a key");
  const Fields refused = Refused(Validate(request));
  CHECK(refused.at("proof.challenge_id") == "REQUIRED");
  CHECK(refused.at("proof.code") == "REQUIRED");
  CHECK(refused.at("password") == "TOO_SHORT");
  CHECK(refused.at("passcode") == "NOT_ALLOWED");
  CHECK(refused.at("device_public_key") == "MALFORMED");
  request.set_device_public_key(std::string(257, 'x'));
  CHECK(Refused(Validate(request)).at("device_public_key") == "TOO_LONG");
  request.mutable_proof()->set_challenge_id("c");
  request.mutable_proof()->set_code("012345");
  request.set_password("Mat-khau-1!");
  request.set_passcode("135790");
  for (const auto algorithm : {crypto::Algorithm::kEs256, crypto::Algorithm::kEd25519}) {
    request.set_device_public_key(crypto::PrivateKey::Generate(algorithm).Public().Spki());
    CHECK_OK(Validate(request));
  }
  request.clear_device_public_key();
  CHECK_OK(Validate(request));
}

TEST_CASE("a login has one to four proofs, each kind once, each of its form") {
  v1::LoginRequest request;
  CHECK(Refused(Validate(request)) == Fields{{"personal_id", "REQUIRED"}, {"factors", "REQUIRED"}});
  request.set_personal_id("001190123456");
  request.add_factors();
  request.add_factors()->set_password("");
  request.add_factors()->set_passcode("12345");
  request.add_factors()->mutable_one_time_code()->set_code("12345a");
  CHECK(Refused(Validate(request)) == Fields{{"factors[0]", "REQUIRED"},
                                             {"factors[1].password", "REQUIRED"},
                                             {"factors[2].passcode", "MALFORMED"},
                                             {"factors[3].one_time_code.challenge_id", "REQUIRED"},
                                             {"factors[3].one_time_code.code", "MALFORMED"}});
  request.add_factors();
  CHECK(Refused(Validate(request)) == Fields{{"factors", "TOO_MANY"}});
  request.clear_factors();
  request.add_factors()->set_password("a");
  request.add_factors()->set_password("b");
  request.add_factors()->mutable_device_signature()->set_signature("short");
  CHECK(Refused(Validate(request)) ==
        Fields{{"factors[1]", "DUPLICATE"},
               {"factors[2].device_signature.challenge_id", "REQUIRED"},
               {"factors[2].device_signature.signature", "MALFORMED"}});
}

TEST_CASE("a grant of an organization's account is complete") {
  v1::EnsureOrganizationRequest request;
  CHECK(Refused(Validate(request)) == Fields{{"registration_id", "REQUIRED"},
                                             {"dossier", "REQUIRED"},
                                             {"dossier_digest", "REQUIRED"},
                                             {"representative_account_id", "REQUIRED"}});
  request.set_registration_id("r");
  request.mutable_dossier();
  request.set_dossier_digest("short");
  request.set_representative_account_id("a");
  request.add_co_representative_account_ids("a");
  request.add_co_representative_account_ids("");
  CHECK(Refused(Validate(request)) == Fields{{"dossier", "INCONSISTENT"},
                                             {"dossier_digest", "MALFORMED"},
                                             {"co_representative_account_ids[1]", "REQUIRED"}});
  request.clear_co_representative_account_ids();
  request.mutable_dossier()->set_tax_code("0100109106");
  request.set_dossier_digest(std::string(32, 'd'));
  for (int i = 0; i < 20; ++i) request.add_co_representative_account_ids("c" + std::to_string(i));
  request.add_co_representative_account_ids("c7");
  request.add_co_representative_account_ids("a");
  CHECK_OK(Validate(request));
  request.add_co_representative_account_ids("one more");
  CHECK(Refused(Validate(request)) == Fields{{"co_representative_account_ids", "TOO_MANY"}});
}

TEST_CASE("a re-opening says which organization") {
  CHECK(Refused(Validate(v1::ReopenActivationRequest())) ==
        Fields{{"request_id", "REQUIRED"}, {"organization_id", "REQUIRED"}});
}

TEST_CASE("roles, units, pages and tokens keep their form") {
  v1::GrantRoleRequest grant;
  CHECK(Refused(Validate(grant)) ==
        Fields{{"request_id", "REQUIRED"}, {"account_id", "REQUIRED"}, {"role", "REQUIRED"}});
  grant.set_request_id("r");
  grant.set_account_id("a");
  grant.set_role(static_cast<policy::v1::OfficerRole>(99));
  grant.set_unit_code("G01/899");
  CHECK(Refused(Validate(grant)) == Fields{{"role", "UNKNOWN_VALUE"}, {"unit_code", "MALFORMED"}});
  grant.set_role(policy::v1::OFFICER_ROLE_REVIEWER);
  grant.set_unit_code(std::string(36, 'G'));
  CHECK(Refused(Validate(grant)) == Fields{{"unit_code", "TOO_LONG"}});
  v1::ListOfficersRequest officers;
  CHECK_OK(Validate(officers));
  officers.set_page_size(-1);
  CHECK(Refused(Validate(officers)) == Fields{{"page_size", "OUT_OF_RANGE"}});
  v1::ListAccountsRequest accounts;
  accounts.set_state(static_cast<v1::Account::State>(77));
  accounts.set_personal_id("1");
  CHECK(Refused(Validate(accounts)) ==
        Fields{{"state", "UNKNOWN_VALUE"}, {"personal_id", "MALFORMED"}});
  v1::RefreshTokenRequest refresh;
  CHECK(Refused(Validate(refresh)) == Fields{{"refresh_token", "REQUIRED"}});
  refresh.set_refresh_token(std::string(8193, 'x'));
  CHECK(Refused(Validate(refresh)) == Fields{{"refresh_token", "TOO_LONG"}});
  v1::CreateChallengeRequest challenge;
  CHECK(Refused(Validate(challenge)) == Fields{{"personal_id", "REQUIRED"}, {"kind", "REQUIRED"}});
}

}  // namespace
}  // namespace eid::identity
