// SPDX-License-Identifier: Apache-2.0
#include "services/approval/carrier_peer.h"

#include <string>
#include <utility>

#include "common/rpc/peer.h"
#include "eid/delivery/v1/delivery_service.grpc.pb.h"

namespace eid::approval {
namespace {

using delivery::v1::DeliverRequest;
using delivery::v1::DeliverResponse;
using delivery::v1::DeliveryService;

constexpr absl::Duration kTimeout = absl::Seconds(5);

}  // namespace

outbox::Sender SendToCarrier(std::shared_ptr<grpc::Channel> channel) {
  const std::shared_ptr<DeliveryService::Stub> stub = DeliveryService::NewStub(std::move(channel));
  return [stub](const std::string& payload, outbox::Done done) {
    DeliverRequest message;
    if (!message.ParseFromString(payload))
      return done(absl::InvalidArgumentError("the payload is not a message to the carrier"));
    const std::string tag = message.message_id();
    rpc::CallPeer<DeliveryService::Stub::async_interface,
                  DeliveryService::StubInterface::async_interface, DeliverRequest, DeliverResponse>(
        *stub->async(), &DeliveryService::StubInterface::async_interface::Deliver,
        std::move(message), {.timeout = kTimeout, .request_tag = tag},
        [done = std::move(done), stub](const absl::StatusOr<DeliverResponse>& taken) {
          done(taken.status());
        });
  };
}

}  // namespace eid::approval
