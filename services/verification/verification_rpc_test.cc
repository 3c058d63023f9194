// SPDX-License-Identifier: Apache-2.0
#include "services/verification/verification_rpc.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "common/rpc/testing/wire.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/verification/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/verification/registry_peer.h"
#include "services/verification/testing/fakes.h"
#include "services/verification/testing/samples.h"
#include "tools/simulators/simulator_rpc.h"

namespace eid::verification {
namespace {

using eid::testing::Value;
using policy::v1::OfficerRole;
using rpc::testing::ContextOf;
using testing::Rig;

// The service behind a wire, whose callers come from `peer`.
struct Wire {
  explicit Wire(const std::string& peer)
      : policies(Value(rpc::PolicyMap::Build({"eid.verification.v1.VerificationService",
                                              "eid.verification.v1.VerificationIntakeService",
                                              "eid.verification.v1.PersonCheckService"}))),
        pipeline(rpc::testing::TestPipeline(
            policies, peer,
            rpc::CallerList()
                .Allow("eid.verification.v1.VerificationService", "org_registration")
                .Allow("eid.verification.v1.VerificationIntakeService", "org_registration")
                .Allow("eid.verification.v1.PersonCheckService", "identity"))),
        watches(rig.database->feed(), rpc::Watches::Options()),
        checks(rig.population_registry, Clock::Real(), 8),
        verification(rig.operations, watches, readers, pipeline),
        intake(rig.operations, pipeline),
        person_check(checks, pipeline),
        server({&verification, &intake, &person_check}) {}
  ~Wire() { watches.Shutdown(); }

  Rig rig;
  rpc::PolicyMap policies;
  rpc::Pipeline pipeline;
  rpc::Watches watches;
  PersonChecks checks;
  rpc::ReadPool readers;
  VerificationRpc verification;
  VerificationIntakeRpc intake;
  PersonCheckRpc person_check;
  rpc::testing::InProcess server;
};

rpc::Call Officer(OfficerRole role) { return rpc::testing::CallOfOfficer("officer-1", {role}); }

TEST_CASE("the workflow opens, an officer reads, strangers do neither") {
  Wire wire("org_registration");
  auto intake = v1::VerificationIntakeService::NewStub(wire.server.channel());
  auto officers = v1::VerificationService::NewStub(wire.server.channel());
  const auto service = rpc::testing::CallOfService("org_registration");
  v1::Verification verification;
  REQUIRE_OK(rpc::FromGrpc(intake->EnsureVerification(ContextOf(service).get(),
                                                      testing::Request("r-1"), &verification)));
  wire.rig.Settle();

  v1::GetVerificationRequest get;
  get.set_verification_id("r-1.1");
  REQUIRE_OK(rpc::FromGrpc(officers->GetVerification(
      ContextOf(Officer(policy::v1::OFFICER_ROLE_REVIEWER)).get(), get, &verification)));
  CHECK(verification.state() == v1::Verification::STATE_CONCLUDED);

  const auto Code = [&](const rpc::Call& call) {
    return rpc::FromGrpc(officers->GetVerification(ContextOf(call).get(), get, &verification))
        .code();
  };
  CHECK(Code(Officer(policy::v1::OFFICER_ROLE_INTAKE)) == absl::StatusCode::kPermissionDenied);
  CHECK(Code(rpc::testing::CallOfHolder("account-1")) == absl::StatusCode::kPermissionDenied);
  // Without a token it is the service that calls.
  CHECK(Code(service) == absl::StatusCode::kOk);
}

TEST_CASE("a service that is not on the list opens nothing") {
  Wire wire("approval");
  auto intake = v1::VerificationIntakeService::NewStub(wire.server.channel());
  v1::Verification verification;
  const absl::Status status = rpc::FromGrpc(
      intake->EnsureVerification(ContextOf(rpc::testing::CallOfService("approval")).get(),
                                 testing::Request("r-1"), &verification));
  CHECK_FALSE(status.ok());
  CHECK(wire.rig.database->revision() == 0);
}

TEST_CASE("errors carry their details over the wire") {
  Wire wire("org_registration");
  auto intake = v1::VerificationIntakeService::NewStub(wire.server.channel());
  auto officers = v1::VerificationService::NewStub(wire.server.channel());
  v1::Verification verification;
  const absl::Status invalid = rpc::FromGrpc(
      intake->EnsureVerification(ContextOf(rpc::testing::CallOfService("org_registration")).get(),
                                 v1::EnsureVerificationRequest(), &verification));
  CHECK(invalid.code() == absl::StatusCode::kInvalidArgument);
  CHECK(HasReason(invalid, policy::v1::COMMON_REASON_INVALID_REQUEST));
  const auto fields = DetailOf<google::rpc::BadRequest>(invalid);
  REQUIRE(fields.has_value());
  CHECK(fields->field_violations_size() >= 4);

  v1::GetVerificationRequest get;
  get.set_verification_id("r-9.1");
  const absl::Status missing = rpc::FromGrpc(officers->GetVerification(
      ContextOf(Officer(policy::v1::OFFICER_ROLE_AUDITOR)).get(), get, &verification));
  CHECK(HasReason(missing, v1::ERROR_REASON_VERIFICATION_NOT_FOUND));
  const auto text = DetailOf<google::rpc::LocalizedMessage>(missing);
  REQUIRE(text.has_value());
  CHECK(text->locale() == "vi");
}

TEST_CASE("a person is checked for identity") {
  Wire wire("identity");
  auto checks = v1::PersonCheckService::NewStub(wire.server.channel());
  v1::CheckPersonRequest request;
  request.set_personal_id(testing::kPersonalId);
  request.set_full_name("Lê Văn Núi Xanh");
  *request.mutable_birth_date() = testing::Date(1990, 1, 2);
  v1::CheckPersonResponse response;
  REQUIRE_OK(rpc::FromGrpc(checks->CheckPerson(
      ContextOf(rpc::testing::CallOfService("identity")).get(), request, &response)));
  CHECK(response.outcome() == v1::LOOKUP_OUTCOME_MATCH);
  CHECK(response.registered_full_name() == "Lê Văn Núi Xanh");
}

TEST_CASE("a watch shows every change, and goes on from its token") {
  Wire wire("org_registration");
  auto stub = v1::VerificationService::NewStub(wire.server.channel());
  const auto service = rpc::testing::CallOfService("org_registration");
  std::string resume;
  {
    auto context = ContextOf(service);
    auto stream = stub->WatchVerifications(context.get(), v1::WatchVerificationsRequest());
    v1::VerificationEvent event;
    REQUIRE(stream->Read(&event));
    CHECK_FALSE(event.has_verification());
    resume = event.resume_token();
    REQUIRE_OK(wire.rig.Ensure(testing::Request("r-1")));
    wire.rig.Settle();
    do {
      REQUIRE(stream->Read(&event));
    } while (event.verification().state() != v1::Verification::STATE_CONCLUDED);
    context->TryCancel();
    stream->Finish();
  }
  v1::WatchVerificationsRequest again;
  again.set_resume_token(resume);
  auto context = ContextOf(service);
  auto stream = stub->WatchVerifications(context.get(), again);
  v1::VerificationEvent event;
  do {
    REQUIRE(stream->Read(&event));
  } while (!event.has_verification());
  CHECK(event.verification().verification_id() == "r-1.1");
  context->TryCancel();
  stream->Finish();

  again.set_resume_token("nonsense");
  context = ContextOf(service);
  stream = stub->WatchVerifications(context.get(), again);
  while (stream->Read(&event)) continue;
  CHECK(HasReason(rpc::FromGrpc(stream->Finish()), policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID));
}

// A simulated registry behind a wire that only verification may use.
struct SimulatedRegistry {
  SimulatedRegistry()
      : policies(Value(rpc::PolicyMap::Build({"eid.registry.v1.RegistryService"}))),
        pipeline(rpc::testing::TestPipeline(
            policies, "verification",
            rpc::CallerList().Allow("eid.registry.v1.RegistryService", "verification"))),
        behavior({simulator::v1::Behavior::MODE_NORMAL, simulator::v1::Behavior::MODE_SLOW,
                  simulator::v1::Behavior::MODE_DOWN}),
        simulated("population", records, behavior, Clock::Real()),
        rpc(simulated, delays, pipeline),
        server({&rpc}),
        peer(MakeRegistryPeer(server.channel())),
        registry("population", *peer, Registry::Options(), Clock::Real()) {
    REQUIRE_OK(records.PutPerson(testing::Person()));
    REQUIRE_OK(records.PutOrganization(testing::Organization()));
  }
  ~SimulatedRegistry() { delays.Stop(); }

  absl::StatusOr<Answer> Ask(const Question& question, absl::Duration timeout) {
    absl::StatusOr<Answer> answer;
    absl::Notification done;
    REQUIRE(registry.Ask(question, timeout, [&](absl::StatusOr<Answer> given) {
      answer = std::move(given);
      done.Notify();
    }));
    done.WaitForNotification();
    return answer;
  }
  void Set(simulator::v1::Behavior::Mode mode) {
    simulator::v1::SetBehaviorRequest request;
    request.mutable_behavior()->set_mode(mode);
    REQUIRE_OK(behavior.Set(request));
  }

  rpc::PolicyMap policies;
  rpc::Pipeline pipeline;
  simulator::Records records;
  simulator::BehaviorSwitch behavior;
  simulator::Registry simulated;
  simulator::Delays delays;
  simulator::RegistryRpc rpc;
  rpc::testing::InProcess server;
  std::unique_ptr<RegistryPeer> peer;
  Registry registry;
};

TEST_CASE("a registry is asked over the wire: there, not there, down, too slow") {
  SimulatedRegistry wire;
  registry::v1::LookupPersonRequest person;
  person.set_personal_id(testing::kPersonalId);
  const Answer found = Value(wire.Ask(person, absl::Seconds(5)));
  CHECK(found.found);
  CHECK(found.person.SerializeAsString() == testing::Person().SerializeAsString());
  registry::v1::LookupOrganizationRequest organization;
  organization.set_tax_code(testing::kTaxCode);
  CHECK(Value(wire.Ask(organization, absl::Seconds(5))).found);
  person.set_personal_id(testing::kOtherPersonalId);
  CHECK_FALSE(Value(wire.Ask(person, absl::Seconds(5))).found);

  wire.Set(simulator::v1::Behavior::MODE_DOWN);
  CHECK(wire.Ask(person, absl::Seconds(5)).status().code() == absl::StatusCode::kUnavailable);
  wire.Set(simulator::v1::Behavior::MODE_SLOW);
  CHECK(wire.Ask(person, absl::Milliseconds(50)).status().code() ==
        absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace eid::verification
