// SPDX-License-Identifier: Apache-2.0
// Puts the operations on the wire: the queue for officers, the intake for the registration
// workflow, the notifications for their persons.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/rpc/admin_rpc.h"
#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/watch.h"
#include "eid/admin/v1/admin_service.grpc.pb.h"
#include "eid/approval/v1/approval_service.grpc.pb.h"
#include "eid/approval/v1/notification_service.grpc.pb.h"
#include "services/approval/cases.h"
#include "services/approval/decisions.h"
#include "services/approval/intake.h"
#include "services/approval/notifications.h"
#include "services/approval/queue.h"

namespace eid::approval {

// Full names of the gRPC services that the program serves.
inline std::vector<std::string> ServiceNames() {
  return {v1::ApprovalService::service_full_name(), v1::ApprovalIntakeService::service_full_name(),
          v1::NotificationService::service_full_name(),
          admin::v1::AdminService::service_full_name()};
}

class ApprovalRpc final : public v1::ApprovalService::CallbackService {
 public:
  struct Parts {
    const Queue& queue;
    const Examination& examination;
    const Decisions& decisions;
    rpc::Watches& watches;
    rpc::ReadPool& readers;
    const rpc::Pipeline& pipeline;
  };
  // Everything in it outlives this.
  explicit ApprovalRpc(Parts parts) : parts_(parts) {}

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* ListCases(Context* context, const v1::ListCasesRequest* request,
                     v1::ListCasesResponse* response) override {
    return rpc::HandleLong(
        parts_.readers, parts_.pipeline, "/eid.approval.v1.ApprovalService/ListCases", *context,
        response, [this, request](const rpc::Call&, rpc::Reply<v1::ListCasesResponse> reply) {
          reply(parts_.queue.List(*request));
        });
  }

  Reactor* GetCase(Context* context, const v1::GetCaseRequest* request,
                   v1::Case* response) override {
    return rpc::Handle(parts_.pipeline, "/eid.approval.v1.ApprovalService/GetCase", *context,
                       response, [&](const rpc::Call&, rpc::Reply<v1::Case> reply) {
                         reply(parts_.examination.Get(*request));
                       });
  }

  Reactor* ClaimCase(Context* context, const v1::ClaimCaseRequest* request,
                     v1::Case* response) override {
    return rpc::Handle(parts_.pipeline, "/eid.approval.v1.ApprovalService/ClaimCase", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
                         parts_.examination.Claim(call, *request, std::move(reply));
                       });
  }

  Reactor* ReleaseCase(Context* context, const v1::ReleaseCaseRequest* request,
                       v1::Case* response) override {
    return rpc::Handle(parts_.pipeline, "/eid.approval.v1.ApprovalService/ReleaseCase", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
                         parts_.examination.Release(call, *request, std::move(reply));
                       });
  }

  Reactor* RequestSupplement(Context* context, const v1::RequestSupplementRequest* request,
                             v1::Case* response) override {
    return rpc::Handle(parts_.pipeline, "/eid.approval.v1.ApprovalService/RequestSupplement",
                       *context, response, [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
                         parts_.examination.RequestSupplement(call, *request, std::move(reply));
                       });
  }

  Reactor* ApproveCase(Context* context, const v1::ApproveCaseRequest* request,
                       v1::Case* response) override {
    return rpc::Handle(parts_.pipeline, "/eid.approval.v1.ApprovalService/ApproveCase", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
                         parts_.decisions.Approve(call, *request, std::move(reply));
                       });
  }

  Reactor* RejectCase(Context* context, const v1::RejectCaseRequest* request,
                      v1::Case* response) override {
    return rpc::Handle(parts_.pipeline, "/eid.approval.v1.ApprovalService/RejectCase", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
                         parts_.decisions.Reject(call, *request, std::move(reply));
                       });
  }

  Reactor* ExplainCase(Context* context, const v1::ExplainCaseRequest* request,
                       v1::CaseExplanation* response) override {
    return rpc::Handle(parts_.pipeline, "/eid.approval.v1.ApprovalService/ExplainCase", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::CaseExplanation> reply) {
                         reply(parts_.examination.Explain(call, *request));
                       });
  }

  grpc::ServerWriteReactor<v1::CaseEvent>* WatchCases(
      Context* context, const v1::WatchCasesRequest* request) override {
    return rpc::Watch<v1::CaseEvent>(
        parts_.pipeline, "/eid.approval.v1.ApprovalService/WatchCases", *context, parts_.watches,
        [&](const rpc::Call&) {
          const Examination& examination = parts_.examination;
          return rpc::WatchPlan<v1::CaseEvent>{
              .after = examination.WatchFrom(request->resume_token()),
              .shared_event = [&examination](
                                  const kv::FeedEntry& entry,
                                  uint64_t resume) { return examination.EventOf(entry, resume); },
              .heartbeat =
                  [&examination](uint64_t revision) { return examination.Heartbeat(revision); }};
        });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::ApprovalService::service_full_name(),
                               &ApprovalRpc::ListCases, &ApprovalRpc::GetCase,
                               &ApprovalRpc::ClaimCase, &ApprovalRpc::ReleaseCase,
                               &ApprovalRpc::RequestSupplement, &ApprovalRpc::ApproveCase,
                               &ApprovalRpc::RejectCase, &ApprovalRpc::ExplainCase);
  }

 private:
  const Parts parts_;
};

class ApprovalIntakeRpc final : public v1::ApprovalIntakeService::CallbackService {
 public:
  // Both outlive this.
  ApprovalIntakeRpc(const Intake& intake, const rpc::Pipeline& pipeline)
      : intake_(intake), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* EnsureCase(grpc::CallbackServerContext* context,
                                       const v1::EnsureCaseRequest* request,
                                       v1::Case* response) override {
    return rpc::Handle(pipeline_, "/eid.approval.v1.ApprovalIntakeService/EnsureCase", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
                         intake_.Ensure(call, *request, std::move(reply));
                       });
  }

  grpc::ServerUnaryReactor* CloseCase(grpc::CallbackServerContext* context,
                                      const v1::CloseCaseRequest* request,
                                      v1::Case* response) override {
    return rpc::Handle(pipeline_, "/eid.approval.v1.ApprovalIntakeService/CloseCase", *context,
                       response, [&](const rpc::Call& call, rpc::Reply<v1::Case> reply) {
                         intake_.Close(call, *request, std::move(reply));
                       });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::ApprovalIntakeService::service_full_name(),
                               &ApprovalIntakeRpc::EnsureCase, &ApprovalIntakeRpc::CloseCase);
  }

 private:
  const Intake& intake_;
  const rpc::Pipeline& pipeline_;
};

class NotificationRpc final : public v1::NotificationService::CallbackService {
 public:
  // All outlive this.
  NotificationRpc(const NotificationBox& box, rpc::Watches& watches, rpc::ReadPool& readers,
                  const rpc::Pipeline& pipeline)
      : box_(box), watches_(watches), readers_(readers), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* ListNotifications(grpc::CallbackServerContext* context,
                                              const v1::ListNotificationsRequest* request,
                                              v1::ListNotificationsResponse* response) override {
    return rpc::HandleLong(
        readers_, pipeline_, "/eid.approval.v1.NotificationService/ListNotifications", *context,
        response,
        [this, request](const rpc::Call& call, rpc::Reply<v1::ListNotificationsResponse> reply) {
          reply(box_.List(call, *request));
        });
  }

  grpc::ServerUnaryReactor* MarkNotificationRead(grpc::CallbackServerContext* context,
                                                 const v1::MarkNotificationReadRequest* request,
                                                 v1::Notification* response) override {
    return rpc::Handle(pipeline_, "/eid.approval.v1.NotificationService/MarkNotificationRead",
                       *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Notification> reply) {
                         box_.MarkRead(call, *request, std::move(reply));
                       });
  }

  grpc::ServerWriteReactor<v1::NotificationEvent>* WatchNotifications(
      grpc::CallbackServerContext* context, const v1::WatchNotificationsRequest* request) override {
    return rpc::Watch<v1::NotificationEvent>(
        pipeline_, "/eid.approval.v1.NotificationService/WatchNotifications", *context, watches_,
        [&](const rpc::Call& call) {
          const std::string account_id(call.account_id());
          return rpc::WatchPlan<v1::NotificationEvent>{
              .after = box_.WatchFrom(account_id, request->resume_token()),
              .event = [this, account_id](
                           const kv::FeedEntry& entry,
                           uint64_t resume) { return box_.EventOf(account_id, entry, resume); },
              .heartbeat = [this, account_id](
                               uint64_t revision) { return box_.Heartbeat(account_id, revision); }};
        });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::NotificationService::service_full_name(),
                               &NotificationRpc::ListNotifications,
                               &NotificationRpc::MarkNotificationRead);
  }

 private:
  const NotificationBox& box_;
  rpc::Watches& watches_;
  rpc::ReadPool& readers_;
  const rpc::Pipeline& pipeline_;
};

// All of approval's own services. Everything given outlives it.
class Wire {
 public:
  Wire(const ApprovalRpc::Parts& parts, const Intake& intake, const NotificationBox& box)
      : approval_(parts),
        intake_(intake, parts.pipeline),
        notifications_(box, parts.watches, parts.readers, parts.pipeline) {}

  // These, and the given one.
  std::vector<grpc::Service*> services(rpc::AdminRpc& admin) {
    return {&approval_, &intake_, &notifications_, &admin};
  }
  std::vector<std::vector<rpc::UnaryMethod>> unary_methods(rpc::AdminRpc& admin) {
    return {approval_.unary_methods(), intake_.unary_methods(), notifications_.unary_methods(),
            admin.unary_methods()};
  }

 private:
  ApprovalRpc approval_;
  ApprovalIntakeRpc intake_;
  NotificationRpc notifications_;
};

}  // namespace eid::approval
