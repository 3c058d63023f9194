// SPDX-License-Identifier: Apache-2.0
// Puts registrations on the wire.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/rpc/admin_rpc.h"
#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "common/rpc/watch.h"
#include "eid/org_registration/v1/registration_service.grpc.pb.h"
#include "services/org_registration/filing.h"
#include "services/org_registration/reading.h"

namespace eid::org_registration {

// eid.org_registration.v1.RegistrationService.
class RegistrationRpc final : public v1::RegistrationService::CallbackService {
 public:
  // The collaborators outlive this.
  RegistrationRpc(Filing& filing, Reading& reading, rpc::Watches& watches, rpc::ReadPool& readers,
                  const rpc::Pipeline& pipeline)
      : filing_(filing),
        reading_(reading),
        watches_(watches),
        readers_(readers),
        pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* CreateRegistration(grpc::CallbackServerContext* context,
                                               const v1::CreateRegistrationRequest* request,
                                               v1::Registration* response) override {
    return Serve("CreateRegistration", filing_, &Filing::Create, context, request, response);
  }
  grpc::ServerUnaryReactor* UpdateRegistration(grpc::CallbackServerContext* context,
                                               const v1::UpdateRegistrationRequest* request,
                                               v1::Registration* response) override {
    return Serve("UpdateRegistration", filing_, &Filing::Update, context, request, response);
  }
  grpc::ServerUnaryReactor* GetRegistration(grpc::CallbackServerContext* context,
                                            const v1::GetRegistrationRequest* request,
                                            v1::Registration* response) override {
    return Serve("GetRegistration", reading_, &Reading::Get, context, request, response);
  }
  grpc::ServerUnaryReactor* ListRegistrations(grpc::CallbackServerContext* context,
                                              const v1::ListRegistrationsRequest* request,
                                              v1::ListRegistrationsResponse* response) override {
    return rpc::HandleLong(
        readers_, pipeline_, "/eid.org_registration.v1.RegistrationService/ListRegistrations",
        *context, response,
        [this, request](const rpc::Call& call, rpc::Reply<v1::ListRegistrationsResponse> reply) {
          reading_.List(call, *request, std::move(reply));
        });
  }
  grpc::ServerUnaryReactor* SubmitRegistration(grpc::CallbackServerContext* context,
                                               const v1::SubmitRegistrationRequest* request,
                                               v1::Registration* response) override {
    return Serve("SubmitRegistration", filing_, &Filing::Submit, context, request, response);
  }
  grpc::ServerUnaryReactor* ConsentToRegistration(grpc::CallbackServerContext* context,
                                                  const v1::ConsentToRegistrationRequest* request,
                                                  v1::Registration* response) override {
    return Serve("ConsentToRegistration", filing_, &Filing::Consent, context, request, response);
  }
  grpc::ServerUnaryReactor* SupplementRegistration(grpc::CallbackServerContext* context,
                                                   const v1::SupplementRegistrationRequest* request,
                                                   v1::Registration* response) override {
    return Serve("SupplementRegistration", filing_, &Filing::Supplement, context, request,
                 response);
  }
  grpc::ServerUnaryReactor* WithdrawRegistration(grpc::CallbackServerContext* context,
                                                 const v1::WithdrawRegistrationRequest* request,
                                                 v1::Registration* response) override {
    return Serve("WithdrawRegistration", filing_, &Filing::Withdraw, context, request, response);
  }

  grpc::ServerWriteReactor<v1::RegistrationEvent>* WatchRegistrations(
      grpc::CallbackServerContext* context, const v1::WatchRegistrationsRequest* request) override {
    return rpc::Watch<v1::RegistrationEvent>(
        pipeline_, "/eid.org_registration.v1.RegistrationService/WatchRegistrations", *context,
        watches_, [&](const rpc::Call& call) {
          rpc::WatchPlan<v1::RegistrationEvent> plan;
          const std::string account(call.account_id());
          plan.after = reading_.After(account, *request);
          plan.event = [this, account](const kv::FeedEntry& entry, uint64_t resume) {
            return reading_.EventOf(account, entry, resume);
          };
          plan.heartbeat = [this, account](uint64_t revision) {
            return reading_.Heartbeat(account, revision);
          };
          return plan;
        });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(
        *this, v1::RegistrationService::service_full_name(), &RegistrationRpc::CreateRegistration,
        &RegistrationRpc::UpdateRegistration, &RegistrationRpc::GetRegistration,
        &RegistrationRpc::ListRegistrations, &RegistrationRpc::SubmitRegistration,
        &RegistrationRpc::ConsentToRegistration, &RegistrationRpc::SupplementRegistration,
        &RegistrationRpc::WithdrawRegistration);
  }

 private:
  template <class Operations, class Request, class Response>
  grpc::ServerUnaryReactor* Serve(const char* name, Operations& operations,
                                  void (Operations::*operation)(const rpc::Call&, const Request&,
                                                                rpc::Reply<Response>),
                                  grpc::CallbackServerContext* context, const Request* request,
                                  Response* response) {
    return rpc::Handle(pipeline_,
                       std::string("/eid.org_registration.v1.RegistrationService/") + name,
                       *context, response, [&](const rpc::Call& call, rpc::Reply<Response> reply) {
                         (operations.*operation)(call, *request, std::move(reply));
                       });
  }

  Filing& filing_;
  Reading& reading_;
  rpc::Watches& watches_;
  rpc::ReadPool& readers_;
  const rpc::Pipeline& pipeline_;
};

// eid.org_registration.v1.TrackingService.
class TrackingRpc final : public v1::TrackingService::CallbackService {
 public:
  TrackingRpc(Reading& reading, const rpc::Pipeline& pipeline)
      : reading_(reading), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest* request,
                                      v1::FileStatus* response) override {
    return rpc::Handle(pipeline_, "/eid.org_registration.v1.TrackingService/GetStatus", *context,
                       response, [&](const rpc::Call&, rpc::Reply<v1::FileStatus> reply) {
                         reply(reading_.Track(*request));
                       });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::TrackingService::service_full_name(),
                               &TrackingRpc::GetStatus);
  }

 private:
  Reading& reading_;
  const rpc::Pipeline& pipeline_;
};

// All of org_registration's own services. The collaborators outlive it.
class Wire {
 public:
  Wire(Filing& filing, Reading& reading, rpc::Watches& watches, const rpc::Pipeline& pipeline)
      : registrations_(filing, reading, watches, readers_, pipeline),
        tracking_(reading, pipeline) {}

  // These, and the given one.
  std::vector<grpc::Service*> services(rpc::AdminRpc& admin) {
    return {&registrations_, &tracking_, &admin};
  }
  std::vector<std::vector<rpc::UnaryMethod>> unary_methods(rpc::AdminRpc& admin) {
    return {registrations_.unary_methods(), tracking_.unary_methods(), admin.unary_methods()};
  }

 private:
  rpc::ReadPool readers_;
  RegistrationRpc registrations_;
  TrackingRpc tracking_;
};

}  // namespace eid::org_registration
