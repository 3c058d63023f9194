// SPDX-License-Identifier: Apache-2.0
// Requests with several wrong fields: one answer names them all. And values that stand nowhere else in
// the world, through every RPC: no answer says them back, and at the end no log holds them.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "tests/integration/support/bad_requests.h"
#include "tests/integration/support/ways.h"

namespace eid::integration {
namespace {

struct Row {
  const char* rpc;
  // Protojson of the request.
  const char* request;
  // Each must be named, itself or something within it.
  std::vector<std::string> fields;
};

const std::vector<Row>& Rows() {
  static const auto* const rows = new std::vector<Row>{
      {"AccountService/EnrollAccount",
       R"({"request_id": "1", "personal_id": "12", "full_name": "A", "phone": "12345",
           "birth_date": {"year": 1990, "month": 13, "day": 1}, "email": "no address"})",
       {"birth_date", "email", "full_name", "personal_id", "phone"}},
      {"AccountService/ActivateAccount",
       R"({"request_id": "1", "personal_id": "abc", "proof": {"code": "12"}, "password": "short",
           "passcode": "111111", "device_public_key": "AAAA"})",
       {"device_public_key", "passcode", "password", "personal_id", "proof.challenge_id",
        "proof.code"}},
      {"AccountService/ListAccounts",
       R"({"state": 99, "personal_id": "12", "page_size": -1})",
       {"page_size", "personal_id", "state"}},
      {"AuthenticationService/CreateChallenge",
       R"({"personal_id": "x", "kind": 77})",
       {"kind", "personal_id"}},
      {"AuthenticationService/Login",
       R"({"personal_id": "0", "factors": [{"password": "aB3!aaaa"}, {"password": "aB3!aaab"}]})",
       {"factors", "personal_id"}},
      {"OfficerService/GrantRole",
       R"({"request_id": "1", "role": 42, "unit_code": "G01/899"})",
       {"account_id", "role", "unit_code"}},
      {"OfficerService/ListOfficers", R"({"role": 42, "page_size": -3})", {"page_size", "role"}},
      {"OrganizationService/ListOrganizations",
       R"({"state": 42, "page_size": -3})",
       {"page_size", "state"}},
      {"RegistrationService/CreateRegistration",
       R"({"request_id": "1", "dossier": {"category": 1, "names": {"vietnamese": "Công\u0007ty"},
           "establishment_date": {"year": 3000, "month": 1, "day": 1},
           "head_office": {"street": "Số 1", "commune": "Phường", "province_code": "99"},
           "tax_code": "0195462678", "applicant_role": 9,
           "representative": {"full_name": "A", "personal_id": "03018571209",
                              "birth_date": {"year": 1985, "month": 4, "day": 31}},
           "contact": {"phone": "123", "email": "a@b"}}})",
       {"dossier.applicant_role", "dossier.contact.email", "dossier.contact.phone",
        "dossier.establishment_date", "dossier.head_office.province_code",
        "dossier.names.vietnamese", "dossier.representative.birth_date",
        "dossier.representative.full_name", "dossier.representative.personal_id",
        "dossier.tax_code"}},
      {"RegistrationService/UpdateRegistration",
       R"({"request_id": "1", "dossier": {"tax_code": "12"}, "update_mask": "noSuchField"})",
       {"registration_id", "update_mask"}},
      {"RegistrationService/ConsentToRegistration",
       R"({"request_id": "1", "dossier_digest": "AAAA", "public_key": "AAAA", "signature": "AAAA"})",
       {"dossier_digest", "public_key", "registration_id", "signature"}},
      {"RegistrationService/SupplementRegistration",
       R"({"dossier": {"tax_code": "12"}, "update_mask": "noSuchField"})",
       {"registration_id", "request_id", "update_mask"}},
      {"RegistrationService/ListRegistrations",
       R"({"state": 77, "page_size": -1})",
       {"page_size", "state"}},
      {"VerificationService/ListVerifications",
       R"({"state": 77, "page_size": -1})",
       {"page_size", "state"}},
      {"ApprovalService/ListCases",
       R"({"state": 77, "category": 88, "clock_mark": 99, "page_size": -2})",
       {"category", "clock_mark", "page_size", "state"}},
      {"ApprovalService/RequestSupplement",
       R"({"request_id": "1", "items": [{"field": "no.such.field", "message": {"vi": "Sai."}},
                                        {"field": "tax_code"}]})",
       {"case_id", "etag", "items[0].field", "items[1].message"}},
      {"ApprovalService/RejectCase",
       R"({"request_id": "1", "case_id": "1", "reason": 99})",
       {"etag", "explanation", "reason"}},
      {"NotificationService/ListNotifications", R"({"page_size": -9})", {"page_size"}},
      {"VerificationIntakeService/EnsureVerification",
       R"({"dossier_digest": "AAAA", "registration_id": "1"})",
       {"dossier", "dossier_digest", "verification_id"}},
      {"PersonCheckService/CheckPerson",
       R"({"personal_id": "1", "full_name": "", "birth_date": {"year": 1, "month": 0, "day": 9}})",
       {"birth_date", "full_name", "personal_id"}},
      {"ApprovalIntakeService/EnsureCase",
       R"({"case_id": "1", "submission_number": -1, "dossier_digest": "AAAA"})",
       {"applicant_account_id", "dossier", "dossier_digest", "file_code", "receive_time",
        "submission_number", "verification"}},
      {"OrganizationIntakeService/EnsureOrganization",
       R"({"registration_id": "1", "dossier_digest": "AAAA"})",
       {"dossier", "dossier_digest", "representative_account_id"}}};
  return *rows;
}

std::string FromJson(const Rpc& rpc, const char* json) {
  const auto request = rpc.NewRequest();
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, request.get());
  INFO(parsed.ToString());
  REQUIRE(parsed.ok());
  return request->SerializeAsString();
}

bool IsNamed(const std::string& field, const std::vector<std::string>& named) {
  return std::any_of(named.begin(), named.end(), [&](const std::string& one) {
    return one == field || absl::StartsWith(one, field + ".") || absl::StartsWith(one, field + "[");
  });
}

TEST_CASE("one answer names every wrong field") {
  Stage& stage = Stage::Get();
  StoreRevisions(stage);
  for (const Row& row : Rows()) {
    const Rpc& rpc = RpcNamed(row.rpc);
    const Way way = WayTo(stage, rpc);
    const auto before = StoreRevisions(stage);
    const Answer answer = CallBy(way, rpc, FromJson(rpc, row.request));
    INFO(row.rpc << ": " << testing::Describe(answer.status));
    CHECK(answer.status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(FlawOfError(answer.status) == "");
    const std::vector<std::string> named = ViolatedFields(answer.status);
    for (const std::string& field : row.fields) {
      INFO("must be named: " << field);
      CHECK(IsNamed(field, named));
    }
    CHECK(StoreRevisions(stage) == before);
  }
}

TEST_CASE("personal data and secrets are not said back, by any RPC") {
  Stage& stage = Stage::Get();
  std::vector<std::string> wrong;
  for (const Rpc& rpc : AllRpcs()) {
    if (!rpc.fronted) continue;
    const Way way = WayTo(stage, rpc);
    // A few of each: some fields are chosen by chance.
    for (int times = 0; times < 2; ++times) {
      std::vector<std::string> canaries;
      const std::string request = WithCanaries(rpc, canaries);
      for (const std::string& canary : canaries) stage.Secret(canary);
      const Answer answer = CallBy(way, rpc, request);
      if (!answer.status.ok() && FlawOfError(answer.status) != "") {
        wrong.push_back(absl::StrCat(rpc.path, ": ", FlawOfError(answer.status), ": ",
                                     testing::Describe(answer.status)));
      }
      std::string said = testing::Describe(answer.status);
      answer.status.ForEachPayload([&](absl::string_view, const absl::Cord& payload) {
        absl::StrAppend(&said, std::string(payload));
      });
      for (const std::string& canary : canaries) {
        if (absl::StrContains(said, canary)) {
          wrong.push_back(absl::StrCat(rpc.path, " says back ", canary, ": ", said));
        }
      }
    }
  }
  INFO(absl::StrJoin(wrong, "\n"));
  CHECK(wrong.empty());
}

}  // namespace
}  // namespace eid::integration
