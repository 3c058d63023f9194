// SPDX-License-Identifier: Apache-2.0
#include "services/approval/approval_rpc.h"

#include <memory>
#include <string>

#include "common/rpc/admin_rpc.h"
#include "common/rpc/status_grpc.h"
#include "common/rpc/testing/wire.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "eid/approval/v1/errors.pb.h"
#include "eid/delivery/v1/delivery_service.grpc.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/approval/carrier_peer.h"
#include "services/approval/testing/world.h"

namespace eid::approval {
namespace {

using testing::Value;
using testing::World;

rpc::PolicyMap Policies() { return Value(rpc::PolicyMap::Build(ServiceNames())); }

rpc::CallerList Callers() {
  rpc::CallerList callers;
  callers.Allow(v1::ApprovalIntakeService::service_full_name(), "org_registration");
  callers.Allow(v1::ApprovalService::service_full_name(), "org_registration");
  return callers;
}

// The service on an in-process channel; every call comes from `peer`.
struct Wire {
  explicit Wire(const std::string& peer = "gateway")
      : pipeline(rpc::testing::TestPipeline(policies, peer, Callers())) {}

  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, const rpc::Call& caller) {
    Response response;
    const auto context = rpc::testing::ContextOf(caller);
    const grpc::Status status = (stub.*method)(context.get(), request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  World world;
  rpc::PolicyMap policies = Policies();
  rpc::Pipeline pipeline;
  rpc::Watches watches{world.database->feed(), rpc::Watches::Options()};
  rpc::ReadPool readers;
  ApprovalRpc approval{
      {world.queue, world.examination, world.decisions, watches, readers, pipeline}};
  ApprovalIntakeRpc intake{world.intake, pipeline};
  NotificationRpc notifications{world.notifications, watches, readers, pipeline};
  rpc::ProgramInfo info{"approval", policies, world.clock,
                        rpc::InfoOfStore(*world.database, kSchemaVersion)};
  rpc::AdminRpc admin{info, pipeline};
  rpc::testing::InProcess server{{&approval, &intake, &notifications, &admin}};
  std::unique_ptr<v1::ApprovalService::Stub> cases = v1::ApprovalService::NewStub(server.channel());
  std::unique_ptr<v1::ApprovalIntakeService::Stub> intake_stub =
      v1::ApprovalIntakeService::NewStub(server.channel());
  std::unique_ptr<v1::NotificationService::Stub> box =
      v1::NotificationService::NewStub(server.channel());
};

using Cases = v1::ApprovalService::Stub;

TEST_CASE("a case over the wire: claimed by one, approved by another") {
  Wire wire;
  wire.world.Open("case-1");
  v1::ClaimCaseRequest claim;
  claim.set_request_id("r-1");
  claim.set_case_id("case-1");
  const v1::Case claimed =
      Value(wire.Call(*wire.cases, &Cases::ClaimCase, claim, testing::Reviewer("reviewer")));
  v1::ApproveCaseRequest approve;
  approve.set_request_id("r-1");
  approve.set_case_id("case-1");
  approve.set_etag(claimed.etag());
  // The role is not enough, and a reviewer's role is none for this.
  const auto denied =
      wire.Call(*wire.cases, &Cases::ApproveCase, approve, testing::Reviewer("approver"));
  CHECK(HasReason(denied.status(), policy::v1::COMMON_REASON_PERMISSION_DENIED));
  const auto conflict =
      wire.Call(*wire.cases, &Cases::ApproveCase, approve, testing::Approver("reviewer"));
  CHECK(absl::IsFailedPrecondition(conflict.status()));
  CHECK(HasReason(conflict.status(), v1::ERROR_REASON_CONFLICT_OF_INTEREST));
  const auto localized = DetailOf<google::rpc::LocalizedMessage>(conflict.status());
  REQUIRE(localized.has_value());
  CHECK(localized->locale() == "vi");

  const v1::Case approved =
      Value(wire.Call(*wire.cases, &Cases::ApproveCase, approve, testing::Approver("approver")));
  CHECK(approved.state() == v1::Case::STATE_APPROVED);
  CHECK(approved.decision().signature().size() == 64);

  v1::ListNotificationsRequest list;
  const auto told = Value(wire.Call(*wire.box, &v1::NotificationService::Stub::ListNotifications,
                                    list, rpc::testing::CallOfHolder("applicant")));
  CHECK(told.notifications_size() == 1);
}

TEST_CASE("who may not, may not: holders, strangers to the intake, calls without a token") {
  Wire wire;
  wire.world.Open("case-1");
  v1::GetCaseRequest get;
  get.set_case_id("case-1");
  CHECK(absl::IsPermissionDenied(
      wire.Call(*wire.cases, &Cases::GetCase, get, rpc::testing::CallOfHolder("applicant"))
          .status()));
  CHECK(absl::IsUnauthenticated(
      wire.Call(*wire.cases, &Cases::GetCase, get, rpc::testing::CallOfPublic()).status()));
  CHECK_OK(wire.Call(*wire.cases, &Cases::GetCase, get,
                     rpc::testing::CallOfOfficer("auditor", {policy::v1::OFFICER_ROLE_AUDITOR})));
  get.clear_case_id();
  // Refused before it is looked at.
  CHECK(absl::IsPermissionDenied(
      wire.Call(*wire.cases, &Cases::GetCase, get, rpc::testing::CallOfHolder("applicant"))
          .status()));
  const auto invalid = wire.Call(*wire.cases, &Cases::GetCase, get, testing::Reviewer("reviewer"));
  CHECK(DetailOf<google::rpc::BadRequest>(invalid.status()).has_value());
  const auto intake = wire.Call(*wire.intake_stub, &v1::ApprovalIntakeService::Stub::EnsureCase,
                                testing::Submission("case-2", wire.world.clock.TimeNow()),
                                testing::Approver("approver"));
  CHECK_FALSE(intake.ok());
}

TEST_CASE("registration opens cases and follows them, in its own name") {
  Wire wire("org_registration");
  const rpc::Call service = rpc::testing::CallOfPublic();
  const auto opened =
      Value(wire.Call(*wire.intake_stub, &v1::ApprovalIntakeService::Stub::EnsureCase,
                      testing::Submission("case-1", wire.world.clock.TimeNow()), service));
  v1::GetCaseRequest get;
  get.set_case_id("case-1");
  CHECK(Value(wire.Call(*wire.cases, &Cases::GetCase, get, service)).etag() == opened.etag());

  const auto context = rpc::testing::ContextOf(service);
  const auto stream = wire.cases->WatchCases(context.get(), {});
  v1::CaseEvent event;
  REQUIRE(stream->Read(&event));
  CHECK_FALSE(event.has_case_());
  CHECK_FALSE(event.resume_token().empty());
  REQUIRE_OK(wire.world.Claim("reviewer", "case-1"));
  REQUIRE(stream->Read(&event));
  CHECK(event.case_().state() == v1::Case::STATE_CLAIMED);
  context->TryCancel();
}

TEST_CASE("a person watches one's own notifications") {
  Wire wire;
  const auto context = rpc::testing::ContextOf(rpc::testing::CallOfHolder("applicant"));
  const auto stream = wire.box->WatchNotifications(context.get(), {});
  v1::NotificationEvent event;
  REQUIRE(stream->Read(&event));
  CHECK_FALSE(event.has_notification());
  for (const char* applicant : {"somebody", "applicant"}) {
    auto submission = testing::Submission(applicant, wire.world.clock.TimeNow());
    submission.set_applicant_account_id(applicant);
    REQUIRE_OK(wire.world.Ensure(submission));
    REQUIRE_OK(wire.world.Approve("approver", Value(wire.world.Claim("reviewer", applicant))));
  }
  REQUIRE(stream->Read(&event));
  CHECK(event.notification().case_id() == "applicant");
  context->TryCancel();

  v1::WatchNotificationsRequest bad;
  bad.set_resume_token("nonsense");
  const auto bad_context = rpc::testing::ContextOf(rpc::testing::CallOfHolder("applicant"));
  const auto bad_stream = wire.box->WatchNotifications(bad_context.get(), bad);
  CHECK_FALSE(bad_stream->Read(&event));
  CHECK(HasReason(rpc::FromGrpc(bad_stream->Finish()),
                  policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID));
}

TEST_CASE("operators see what runs") {
  Wire wire;
  wire.world.Open("case-1");
  const auto stub = eid::admin::v1::AdminService::NewStub(wire.server.channel());
  const auto info = Value(wire.Call(
      *stub, &eid::admin::v1::AdminService::Stub::GetInfo, eid::admin::v1::GetInfoRequest(),
      rpc::testing::CallOfOfficer("op", {policy::v1::OFFICER_ROLE_OPERATOR})));
  CHECK(info.service() == "approval");
  CHECK(info.store_revision() == 1);
  CHECK(info.syncs() == 1);
  CHECK(info.services_size() == 4);
}

class OneAnswer final : public delivery::v1::DeliveryService::Service {
 public:
  grpc::Status Deliver(grpc::ServerContext*, const delivery::v1::DeliverRequest* request,
                       delivery::v1::DeliverResponse*) override {
    if (request->address().empty()) return {grpc::StatusCode::INVALID_ARGUMENT, "bad address"};
    return grpc::Status::OK;
  }
};

TEST_CASE("the carrier behind its contract") {
  OneAnswer carrier;
  rpc::testing::InProcess server({&carrier});
  const outbox::Sender send = SendToCarrier(server.channel());
  const auto answer = [&](const std::string& payload) {
    return testing::Wait<bool>([&](auto done) {
             send(payload, [done](const absl::Status& status) {
               if (status.ok()) return done(true);
               done(status);
             });
           })
        .status();
  };
  delivery::v1::DeliverRequest message;
  message.set_message_id("n-1.sms");
  CHECK(absl::IsInvalidArgument(answer(message.SerializeAsString())));
  message.set_address("+84912345678");
  CHECK_OK(answer(message.SerializeAsString()));
  CHECK(absl::IsInvalidArgument(answer("\xff\xff")));
}

}  // namespace
}  // namespace eid::approval
