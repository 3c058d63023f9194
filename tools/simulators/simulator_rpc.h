// SPDX-License-Identifier: Apache-2.0
// Puts the simulators on the wire.
#pragma once

#include <utility>

#include "common/rpc/handle.h"
#include "common/rpc/watches.h"
#include "common/status/status.h"
#include "eid/delivery/v1/delivery_service.grpc.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/registry/v1/registry_service.grpc.pb.h"
#include "eid/simulator/v1/simulator_control_service.grpc.pb.h"
#include "tools/simulators/behavior.h"
#include "tools/simulators/carrier.h"
#include "tools/simulators/delays.h"
#include "tools/simulators/records.h"
#include "tools/simulators/registry.h"

namespace eid::simulator {

// Answers after the answer's latency.
template <class Response>
void ReplyLater(Delays& delays, Answer<Response> answer, rpc::Reply<Response> reply) {
  const absl::Duration latency = answer.latency;
  delays.After(latency,
               [response = std::move(answer.response), reply = std::move(reply)](bool in_time) {
                 if (!in_time) return reply(rpc::Watches::ShuttingDown());
                 reply(response);
               });
}

class RegistryRpc final : public registry::v1::RegistryService::CallbackService {
 public:
  RegistryRpc(Registry& registry, Delays& delays, const rpc::Pipeline& pipeline)
      : registry_(registry), delays_(delays), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* LookupPerson(grpc::CallbackServerContext* context,
                                         const registry::v1::LookupPersonRequest* request,
                                         registry::v1::LookupPersonResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.registry.v1.RegistryService/LookupPerson", *context,
                       response,
                       [&](const rpc::Call&, rpc::Reply<registry::v1::LookupPersonResponse> reply) {
                         ReplyLater(delays_, registry_.LookupPerson(*request), std::move(reply));
                       });
  }
  grpc::ServerUnaryReactor* LookupOrganization(
      grpc::CallbackServerContext* context, const registry::v1::LookupOrganizationRequest* request,
      registry::v1::LookupOrganizationResponse* response) override {
    return rpc::Handle(
        pipeline_, "/eid.registry.v1.RegistryService/LookupOrganization", *context, response,
        [&](const rpc::Call&, rpc::Reply<registry::v1::LookupOrganizationResponse> reply) {
          ReplyLater(delays_, registry_.LookupOrganization(*request), std::move(reply));
        });
  }

 private:
  Registry& registry_;
  Delays& delays_;
  const rpc::Pipeline& pipeline_;
};

class CarrierRpc final : public delivery::v1::DeliveryService::CallbackService {
 public:
  CarrierRpc(Carrier& carrier, Delays& delays, const rpc::Pipeline& pipeline)
      : carrier_(carrier), delays_(delays), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* Deliver(grpc::CallbackServerContext* context,
                                    const delivery::v1::DeliverRequest* request,
                                    delivery::v1::DeliverResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.delivery.v1.DeliveryService/Deliver", *context, response,
                       [&](const rpc::Call&, rpc::Reply<delivery::v1::DeliverResponse> reply) {
                         ReplyLater(delays_, carrier_.Deliver(*request), std::move(reply));
                       });
  }

 private:
  Carrier& carrier_;
  Delays& delays_;
  const rpc::Pipeline& pipeline_;
};

// The switches. What a simulator does not have is null.
class ControlRpc final : public v1::SimulatorControlService::CallbackService {
 public:
  ControlRpc(BehaviorSwitch& behavior, Records* records, const Carrier* carrier,
             const rpc::Pipeline& pipeline)
      : behavior_(behavior), records_(records), carrier_(carrier), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* SetBehavior(grpc::CallbackServerContext* context,
                                        const v1::SetBehaviorRequest* request,
                                        v1::Behavior* response) override {
    return rpc::Handle(
        pipeline_, "/eid.simulator.v1.SimulatorControlService/SetBehavior", *context, response,
        [&](const rpc::Call&, rpc::Reply<v1::Behavior> reply) { reply(behavior_.Set(*request)); });
  }
  grpc::ServerUnaryReactor* GetBehavior(grpc::CallbackServerContext* context,
                                        const v1::GetBehaviorRequest*,
                                        v1::Behavior* response) override {
    return rpc::Handle(
        pipeline_, "/eid.simulator.v1.SimulatorControlService/GetBehavior", *context, response,
        [&](const rpc::Call&, rpc::Reply<v1::Behavior> reply) { reply(behavior_.Get()); });
  }
  grpc::ServerUnaryReactor* PutPerson(grpc::CallbackServerContext* context,
                                      const v1::PutPersonRequest* request,
                                      registry::v1::PersonRecord* response) override {
    return rpc::Handle(pipeline_, "/eid.simulator.v1.SimulatorControlService/PutPerson", *context,
                       response,
                       [&](const rpc::Call&, rpc::Reply<registry::v1::PersonRecord> reply) {
                         if (records_ == nullptr) return reply(NotHere());
                         absl::Status put = records_->PutPerson(request->person());
                         if (!put.ok()) return reply(put);
                         reply(request->person());
                       });
  }
  grpc::ServerUnaryReactor* PutOrganization(grpc::CallbackServerContext* context,
                                            const v1::PutOrganizationRequest* request,
                                            registry::v1::OrganizationRecord* response) override {
    return rpc::Handle(pipeline_, "/eid.simulator.v1.SimulatorControlService/PutOrganization",
                       *context, response,
                       [&](const rpc::Call&, rpc::Reply<registry::v1::OrganizationRecord> reply) {
                         if (records_ == nullptr) return reply(NotHere());
                         absl::Status put = records_->PutOrganization(request->organization());
                         if (!put.ok()) return reply(put);
                         reply(request->organization());
                       });
  }
  grpc::ServerUnaryReactor* ListMessages(grpc::CallbackServerContext* context,
                                         const v1::ListMessagesRequest* request,
                                         v1::ListMessagesResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.simulator.v1.SimulatorControlService/ListMessages",
                       *context, response,
                       [&](const rpc::Call&, rpc::Reply<v1::ListMessagesResponse> reply) {
                         if (carrier_ == nullptr) return reply(NotHere());
                         reply(carrier_->List(*request));
                       });
  }

 private:
  static absl::Status NotHere() {
    return Error(absl::StatusCode::kUnimplemented, policy::v1::COMMON_REASON_METHOD_UNKNOWN,
                 "this simulator does not have that");
  }

  BehaviorSwitch& behavior_;
  Records* const records_;
  const Carrier* const carrier_;
  const rpc::Pipeline& pipeline_;
};

// Simulators know services alone: every token of a person is refused.
inline rpc::VerifyToken NoTokens() {
  return [](absl::string_view) -> absl::StatusOr<auth::Claims> {
    return Error(absl::StatusCode::kUnauthenticated, policy::v1::COMMON_REASON_UNAUTHENTICATED,
                 "no persons here");
  };
}

}  // namespace eid::simulator
