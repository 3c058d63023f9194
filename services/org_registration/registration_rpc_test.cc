// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/registration_rpc.h"

#include "common/rpc/admin_rpc.h"
#include "common/rpc/peer.h"
#include "common/rpc/testing/wire.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/identity/v1/account_service.grpc.pb.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/org_registration/people_peer.h"
#include "services/org_registration/settings.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using rpc::testing::CallOfHolder;
using rpc::testing::ContextOf;
using testing::ValidDossier;
using v1::Registration;

// Identity as the applicant finds it: knows whose token it is given.
class FakeAccounts final : public identity::v1::AccountService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const identity::v1::GetAccountRequest* request,
                                       identity::v1::Account* response) override {
    auto* reactor = context->DefaultReactor();
    const auto token = context->client_metadata().find("authorization");
    if (token == context->client_metadata().end() || !request->account_id().empty()) {
      reactor->Finish({grpc::StatusCode::INTERNAL, "not the caller's own token and account"});
    } else if (!failure.ok()) {
      reactor->Finish(rpc::ToGrpc(failure));
    } else {
      response->set_account_id("account-applicant");
      response->set_personal_id(testing::kApplicantId);
      response->set_state(identity::v1::Account::STATE_ACTIVE);
      response->set_level(2);
      reactor->Finish(grpc::Status::OK);
    }
    return reactor;
  }

  absl::Status failure;
};

// The service on a wire, beside its store.
struct Wire {
  FakeClock clock;
  std::unique_ptr<kv::Database> db =
      Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  FakeAccounts accounts;
  rpc::testing::InProcess identity{{&accounts}};
  rpc::PeerChannel identity_peer{identity.channel(), /*carries=*/true};
  std::unique_ptr<People> people = MakePeople(identity_peer, Clock::Real());
  Persons persons{*people};
  SequentialIds ids{"registration-"};
  Filing filing{*db, clock, ids, persons, {.file_unit = "G01.899"}};
  Reading reading{*db, persons};
  rpc::Watches watches{db->feed(), rpc::Watches::Options{}};
  rpc::PolicyMap policies = Value(rpc::PolicyMap::Build(ServiceNames()));
  rpc::Pipeline pipeline = rpc::testing::TestPipeline(policies);
  rpc::ReadPool readers;
  RegistrationRpc registrations{filing, reading, watches, readers, pipeline};
  TrackingRpc tracking{reading, pipeline};
  rpc::ProgramInfo info{kProgramName, policies, clock, rpc::InfoOfStore(*db, kSchemaVersion)};
  rpc::AdminRpc admin{info, pipeline};
  rpc::testing::InProcess server{{&registrations, &tracking, &admin}};
  std::unique_ptr<v1::RegistrationService::Stub> stub =
      v1::RegistrationService::NewStub(server.channel());
  std::unique_ptr<v1::TrackingService::Stub> tracker =
      v1::TrackingService::NewStub(server.channel());

  template <class Request>
  absl::StatusOr<Registration> Do(grpc::Status (v1::RegistrationService::Stub::*method)(
                                      grpc::ClientContext*, const Request&, Registration*),
                                  const Request& request,
                                  const rpc::Call& call = CallOfHolder("account-applicant")) {
    Registration response;
    const auto context = ContextOf(call);
    const grpc::Status status = ((*stub).*method)(context.get(), request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }
  absl::StatusOr<Registration> Create(const dossier::v1::Dossier& dossier) {
    v1::CreateRegistrationRequest request;
    request.set_request_id(ids.NewId());
    *request.mutable_dossier() = dossier;
    return Do(&v1::RegistrationService::Stub::CreateRegistration, request);
  }
  absl::StatusOr<Registration> Submit(const std::string& id) {
    v1::SubmitRegistrationRequest request;
    request.set_request_id(ids.NewId());
    request.set_registration_id(id);
    request.set_declaration_accepted(true);
    return Do(&v1::RegistrationService::Stub::SubmitRegistration, request);
  }
};

TEST_CASE("over the wire: create, submit with identity's word, track") {
  Wire wire;
  const Registration draft = Value(wire.Create(ValidDossier()));
  const Registration submitted = Value(wire.Submit(draft.registration_id()));
  CHECK(submitted.state() == Registration::STATE_VERIFYING);

  v1::GetStatusRequest request;
  request.set_file_code(submitted.file_code());
  v1::FileStatus status;
  const auto anybody = ContextOf(rpc::testing::CallOfPublic());
  REQUIRE(wire.tracker->GetStatus(anybody.get(), request, &status).ok());
  CHECK(status.state() == Registration::STATE_VERIFYING);

  request.set_file_code("G01.899-250303-0099");
  const auto somebody = ContextOf(rpc::testing::CallOfPublic());
  const absl::Status unknown =
      rpc::FromGrpc(wire.tracker->GetStatus(somebody.get(), request, &status));
  CHECK(unknown.code() == absl::StatusCode::kNotFound);
  CHECK(HasReason(unknown, v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
  request.set_file_code("none");
  const auto nobody = ContextOf(rpc::testing::CallOfPublic());
  CHECK(wire.tracker->GetStatus(nobody.get(), request, &status).error_code() ==
        grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_CASE("errors carry their reason, every violation, and Vietnamese words") {
  Wire wire;
  dossier::v1::Dossier dossier = ValidDossier();
  dossier.set_tax_code("0100109107");
  dossier.mutable_contact()->set_phone("1");
  const absl::Status malformed = wire.Create(dossier).status();
  CHECK(malformed.code() == absl::StatusCode::kInvalidArgument);
  CHECK(HasReason(malformed, policy::v1::COMMON_REASON_INVALID_REQUEST));
  CHECK(DetailOf<google::rpc::BadRequest>(malformed)->field_violations_size() == 2);

  v1::GetRegistrationRequest request;
  request.set_registration_id("no-such");
  const absl::Status missing =
      wire.Do(&v1::RegistrationService::Stub::GetRegistration, request).status();
  CHECK(HasReason(missing, v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
  CHECK(DetailOf<google::rpc::LocalizedMessage>(missing)->message() == "Không tìm thấy hồ sơ.");
}

TEST_CASE("who may not call is refused before anything else") {
  Wire wire;
  const auto refused = [&](const rpc::Call& call) {
    return wire
        .Do(&v1::RegistrationService::Stub::CreateRegistration, v1::CreateRegistrationRequest(),
            call)
        .status();
  };
  CHECK(refused(rpc::testing::CallOfPublic()).code() == absl::StatusCode::kUnauthenticated);
  CHECK(HasReason(refused(rpc::testing::CallOfRepresentative("account-applicant", "o")),
                  policy::v1::COMMON_REASON_WRONG_PRINCIPAL));
  const rpc::Call level_1 = rpc::testing::WithClaims(
      CallOfHolder("account-applicant"), [](auto& claims) { claims.set_account_level(1); });
  CHECK(HasReason(refused(level_1), policy::v1::COMMON_REASON_ACCOUNT_LEVEL_TOO_LOW));
  const rpc::Call one_factor = rpc::testing::WithClaims(
      CallOfHolder("account-applicant"), [](auto& claims) { claims.set_authentication_level(1); });
  CHECK(HasReason(wire.Do(&v1::RegistrationService::Stub::SubmitRegistration,
                          v1::SubmitRegistrationRequest(), one_factor)
                      .status(),
                  policy::v1::COMMON_REASON_AUTHENTICATION_LEVEL_TOO_LOW));
}

TEST_CASE("what identity's errors become") {
  Wire wire;
  const std::string id = Value(wire.Create(ValidDossier())).registration_id();
  wire.accounts.failure = absl::NotFoundError("gone");
  CHECK(HasReason(wire.Submit(id).status(), v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE));
  wire.accounts.failure = absl::UnauthenticatedError("");
  CHECK(HasReason(wire.Submit(id).status(), policy::v1::COMMON_REASON_UNAUTHENTICATED));
  for (const absl::Status& failure :
       {absl::UnavailableError(""), absl::InternalError("secret"), absl::DataLossError("")}) {
    wire.accounts.failure = failure;
    const absl::Status refused = wire.Submit(id).status();
    CHECK(HasReason(refused, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
    CHECK(DetailOf<google::rpc::RetryInfo>(refused).has_value());
    CHECK(refused.message().find("secret") == absl::string_view::npos);
  }
}

TEST_CASE("operators learn what runs here") {
  Wire wire;
  REQUIRE_OK(wire.Create(ValidDossier()));
  const auto stub = admin::v1::AdminService::NewStub(wire.server.channel());
  admin::v1::Info info;
  const auto operating = ContextOf(
      rpc::testing::CallOfOfficer("account-operator", {policy::v1::OFFICER_ROLE_OPERATOR}));
  REQUIRE(stub->GetInfo(operating.get(), {}, &info).ok());
  CHECK(info.service() == "org_registration");
  CHECK(info.store_revision() == 1);
  CHECK(info.services_size() == 3);
}

TEST_CASE("a watch tells of the caller's registrations, and resumes") {
  Wire wire;
  const auto context = ContextOf(CallOfHolder("account-applicant"));
  const auto stream = wire.stub->WatchRegistrations(context.get(), {});
  v1::RegistrationEvent event;
  REQUIRE(stream->Read(&event));
  CHECK_FALSE(event.has_registration());
  const std::string start = event.resume_token();
  const std::string id = Value(wire.Create(ValidDossier())).registration_id();
  REQUIRE(stream->Read(&event));
  CHECK(event.registration().registration_id() == id);
  CHECK(event.registration().state() == Registration::STATE_DRAFT);
  context->TryCancel();
  while (stream->Read(&event)) {
  }
  CHECK(stream->Finish().error_code() == grpc::StatusCode::CANCELLED);

  const auto again = ContextOf(CallOfHolder("account-applicant"));
  v1::WatchRegistrationsRequest request;
  request.set_resume_token(start);
  const auto resumed = wire.stub->WatchRegistrations(again.get(), request);
  REQUIRE(resumed->Read(&event));
  REQUIRE(resumed->Read(&event));
  CHECK(event.registration().registration_id() == id);
  again->TryCancel();

  const auto hostile = ContextOf(CallOfHolder("account-stranger"));
  const auto refused = wire.stub->WatchRegistrations(hostile.get(), request);
  CHECK_FALSE(refused->Read(&event));
  CHECK(
      HasReason(rpc::FromGrpc(refused->Finish()), policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID));
}

}  // namespace
}  // namespace eid::org_registration
