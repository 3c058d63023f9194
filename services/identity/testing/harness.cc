// SPDX-License-Identifier: Apache-2.0
#include "services/identity/testing/harness.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/identity/challenge.h"
#include "services/identity/officers.h"
#include "services/identity/store.h"

namespace eid::identity::testing {

using rpc::testing::CallOfOfficer;
using rpc::testing::CallOfPublic;
using rpc::testing::CallOfService;

void FakePersons::Say(const std::string& field, verification::v1::Verdict verdict) {
  for (auto& said : *answer->mutable_verdicts()) {
    if (said.field() == field) return said.set_verdict(verdict);
  }
  auto& added = *answer->add_verdicts();
  added.set_field(field);
  added.set_verdict(verdict);
}

void FakeCarrier::Deliver(delivery::v1::DeliverRequest message,
                          std::function<void(absl::Status)> done) {
  {
    absl::MutexLock lock(&mu_);
    taken_[message.message_id()] = std::move(message);
  }
  done(absl::OkStatus());
}

delivery::v1::DeliverRequest FakeCarrier::Get(const std::string& message_id) {
  absl::MutexLock lock(&mu_);
  auto came = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return taken_.count(message_id) > 0; };
  const bool there = mu_.AwaitWithTimeout(absl::Condition(&came), absl::Seconds(10));
  REQUIRE(there);
  return taken_[message_id];
}

Harness::Harness(std::function<void(Config&)> change) : Harness(OnDiskTag(), std::move(change)) {
  on_disk_ = false;
  Open();
}

Harness::Harness(OnDiskTag, std::function<void(Config&)> change) : on_disk_(true) {
  config_.set_data_dir(folder_ / "data");
  config_.set_high_water_path(folder_ / "mark");
  config_.set_key_dir(folder_ / "keys");
  config_.set_calendar_path(EID_SOURCE_DIR "/deploy/rules/calendar.textproto");
  config_.set_periods_path(EID_SOURCE_DIR "/deploy/rules/periods.textproto");
  // As cheap as it gets: these tests are not about the cost.
  config_.mutable_hashing()->set_memory_kib(8);
  config_.mutable_hashing()->set_iterations(1);
  config_.mutable_throttling()->set_client_burst(100'000);
  config_.mutable_throttling()->set_code_burst(100);
  if (change) change(config_);
  persons.answer = verification::v1::CheckPersonResponse();
  persons.answer->set_outcome(verification::v1::LOOKUP_OUTCOME_MATCH);
  for (const char* field : {"personal_id", "full_name", "birth_date", "phone"}) {
    persons.Say(field, verification::v1::VERDICT_MATCH);
  }
}

std::unique_ptr<Harness> Harness::OnDisk() {
  std::unique_ptr<Harness> harness(new Harness(OnDiskTag(), nullptr));
  harness->Open();
  return harness;
}

void Harness::Open() {
  const Outside outside{clock, ids, persons, carrier};
  auto opened = on_disk_ ? Identity::Open(config_, outside)
                         : Identity::Open(config_, outside, {.in_memory = true});
  identity_ = Value(std::move(opened));
  identity_->outbox().Start();
}

void Harness::Restart() {
  REQUIRE(on_disk_);
  identity_.reset();
  Open();
}

v1::EnrollAccountRequest Harness::Enrolment(const Person& person) {
  v1::EnrollAccountRequest request;
  request.set_request_id(absl::StrCat("request-", ++requests_));
  request.set_personal_id(person.personal_id);
  request.set_full_name("Nguyễn Thị Thử");
  request.mutable_birth_date()->set_year(person.birth_year);
  request.mutable_birth_date()->set_month(2);
  request.mutable_birth_date()->set_day(3);
  request.set_phone("0912345678");
  return request;
}

absl::StatusOr<v1::Account> Harness::Enroll(const v1::EnrollAccountRequest& request,
                                            const rpc::Call& call) {
  return Await<v1::Account>(
      [&](auto reply) { service().accounts().Enroll(call, request, std::move(reply)); });
}

absl::StatusOr<v1::Account> Harness::Enroll(Person& person) {
  ASSIGN_OR_RETURN(
      v1::Account account,
      Enroll(Enrolment(person), CallOfOfficer("officer-1", {policy::v1::OFFICER_ROLE_INTAKE})));
  person.account_id = account.account_id();
  return account;
}

v1::ActivateAccountRequest Harness::Activation(const Person& person) {
  v1::ActivateAccountRequest request;
  request.set_request_id(absl::StrCat("request-", ++requests_));
  request.set_personal_id(person.personal_id);
  const v1::Challenge challenge = Value(Challenge(person.personal_id, v1::CHALLENGE_KIND_OTP));
  request.mutable_proof()->set_challenge_id(challenge.challenge_id());
  request.mutable_proof()->set_code(SentCode(challenge.challenge_id()));
  request.set_password(person.password);
  request.set_passcode(person.passcode);
  request.set_device_public_key(person.device.Public().Spki());
  return request;
}

absl::StatusOr<v1::Account> Harness::Activate(const v1::ActivateAccountRequest& request) {
  return Await<v1::Account>([&](auto reply) {
    service().accounts().Activate(CallOfPublic(client), request, std::move(reply));
  });
}

absl::StatusOr<v1::Account> Harness::Activate(const Person& person) {
  return Activate(Activation(person));
}

Person Harness::NewPerson(const std::string& personal_id, int birth_year) {
  Person person{.personal_id = personal_id, .birth_year = birth_year};
  REQUIRE_OK(Enroll(person));
  REQUIRE_OK(Activate(person));
  return person;
}

Person Harness::NewOfficer(const std::string& personal_id, policy::v1::OfficerRole role) {
  Person person = NewPerson(personal_id);
  Change([&](kv::Txn& txn) -> absl::Status {
    ASSIGN_OR_RETURN(OfficerRow row, OfficerOf(txn, person.account_id));
    AddRole(*row.mutable_officer(), role, "G01.899", txn.time());
    return PutOfficer(txn, row);
  });
  return person;
}

absl::StatusOr<v1::Challenge> Harness::Challenge(const std::string& personal_id,
                                                 v1::ChallengeKind kind) {
  v1::CreateChallengeRequest request;
  request.set_personal_id(personal_id);
  request.set_kind(kind);
  return Await<v1::Challenge>([&](auto reply) {
    service().challenges().Create(CallOfPublic(client), request, std::move(reply));
  });
}

absl::StatusOr<v1::Session> Harness::Login(const std::string& personal_id,
                                           const std::vector<v1::Factor>& factors) {
  v1::LoginRequest request;
  request.set_personal_id(personal_id);
  for (const v1::Factor& factor : factors) *request.add_factors() = factor;
  return Await<v1::Session>([&](auto reply) {
    service().logins().Login(CallOfPublic(client), request, std::move(reply));
  });
}

v1::Session Harness::LoginOf(const Person& person) {
  return Value(Login(person.personal_id, {Password(person.password), DeviceFor(person)}));
}

absl::StatusOr<v1::Session> Harness::StepUp(const rpc::Call& call,
                                            const std::vector<v1::Factor>& factors) {
  v1::StepUpRequest request;
  for (const v1::Factor& factor : factors) *request.add_factors() = factor;
  return Await<v1::Session>(
      [&](auto reply) { service().logins().StepUp(call, request, std::move(reply)); });
}

absl::StatusOr<v1::Session> Harness::ActAs(const rpc::Call& call,
                                           const std::string& organization_id) {
  v1::ActAsRequest request;
  request.set_organization_id(organization_id);
  return Await<v1::Session>(
      [&](auto reply) { service().sessions().ActAs(call, request, std::move(reply)); });
}

absl::StatusOr<v1::Session> Harness::Refresh(const std::string& refresh_token) {
  v1::RefreshTokenRequest request;
  request.set_refresh_token(refresh_token);
  return Await<v1::Session>([&](auto reply) {
    service().sessions().Refresh(CallOfPublic(client), request, std::move(reply));
  });
}

absl::Status Harness::Revoke(const std::string& token) {
  v1::RevokeTokenRequest request;
  request.set_token(token);
  return Await<v1::RevokeTokenResponse>([&](auto reply) {
           service().sessions().Revoke(CallOfPublic(client), request, std::move(reply));
         })
      .status();
}

v1::TokenInfo Harness::Introspect(const std::string& token) {
  v1::IntrospectTokenRequest request;
  request.set_token(token);
  return Value(Await<v1::TokenInfo>([&](auto reply) {
    service().sessions().Introspect(CallOfService("approval"), request, std::move(reply));
  }));
}

rpc::Call Harness::CallWith(const std::string& token) {
  rpc::Call call = CallOfPublic(client);
  call.claims = Value(VerifyToken(environment(), token));
  call.token = token;
  call.audience = policy::v1::AUDIENCE_HOLDER;
  return call;
}

v1::Factor Harness::Password(const std::string& password) {
  v1::Factor factor;
  factor.set_password(password);
  return factor;
}

v1::Factor Harness::Passcode(const std::string& passcode) {
  v1::Factor factor;
  factor.set_passcode(passcode);
  return factor;
}

v1::Factor Harness::Code(const std::string& challenge_id, const std::string& code) {
  v1::Factor factor;
  factor.mutable_one_time_code()->set_challenge_id(challenge_id);
  factor.mutable_one_time_code()->set_code(code);
  return factor;
}

v1::Factor Harness::CodeFor(const Person& person) {
  const v1::Challenge challenge = Value(Challenge(person.personal_id, v1::CHALLENGE_KIND_OTP));
  return Code(challenge.challenge_id(), SentCode(challenge.challenge_id()));
}

v1::Factor Harness::DeviceFor(const Person& person) {
  const v1::Challenge challenge =
      Value(Challenge(person.personal_id, v1::CHALLENGE_KIND_DEVICE_SIGNATURE));
  v1::Factor factor;
  factor.mutable_device_signature()->set_challenge_id(challenge.challenge_id());
  factor.mutable_device_signature()->set_signature(
      Value(person.device.Sign(SignedByDevice(challenge.challenge_id(), challenge.nonce()))));
  return factor;
}

std::string Harness::SentCode(const std::string& challenge_id) {
  const std::string body = carrier.Get("identity-code-" + challenge_id).body();
  const size_t at = body.find_first_of("0123456789");
  REQUIRE(at != std::string::npos);
  return body.substr(at, 6);
}

v1::EnsureOrganizationRequest Harness::Grant(const std::string& registration_id,
                                             const std::string& tax_code,
                                             const Person& representative) {
  v1::EnsureOrganizationRequest request;
  request.set_registration_id(registration_id);
  request.mutable_dossier()->mutable_names()->set_vietnamese("Công ty cổ phần Sao Mai");
  request.mutable_dossier()->set_tax_code(tax_code);
  request.set_dossier_digest(std::string(32, 'd'));
  request.set_representative_account_id(representative.account_id);
  return request;
}

absl::StatusOr<v1::Organization> Harness::Ensure(const v1::EnsureOrganizationRequest& request) {
  return Await<v1::Organization>([&](auto reply) {
    service().organizations().Ensure(CallOfService("org_registration"), request, std::move(reply));
  });
}

absl::StatusOr<v1::Organization> Harness::ActivateOrganization(const Person& person,
                                                               const std::string& organization_id,
                                                               const std::string& etag) {
  v1::ActivateOrganizationRequest request;
  request.set_request_id(absl::StrCat("request-", ++requests_));
  request.set_organization_id(organization_id);
  request.set_etag(etag);
  return Await<v1::Organization>([&](auto reply) {
    service().organizations().Activate(rpc::testing::CallOfHolder(person.account_id), request,
                                       std::move(reply));
  });
}

absl::StatusOr<v1::Organization> Harness::Reopen(const std::string& organization_id) {
  v1::ReopenActivationRequest request;
  request.set_request_id(absl::StrCat("request-", ++requests_));
  request.set_organization_id(organization_id);
  return Await<v1::Organization>([&](auto reply) {
    service().organizations().Reopen(CallOfOfficer("officer-1", {policy::v1::OFFICER_ROLE_INTAKE}),
                                     request, std::move(reply));
  });
}

std::string Harness::WrongCode(const std::string& right) {
  return right == "000000" ? "000001" : "000000";
}

AccountRow Harness::Row(const std::string& account_id) {
  const auto row = Value(FindAccount(*service().db().Read(), account_id));
  REQUIRE(row.has_value());
  return *row;
}

void Harness::Change(const std::function<absl::Status(kv::Txn&)>& body) {
  REQUIRE_OK(service().db().TransactAndWait([&](kv::Txn& txn) { return body(txn); }));
}

}  // namespace eid::identity::testing
