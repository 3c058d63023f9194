// SPDX-License-Identifier: Apache-2.0
#include "services/approval/carrier_peer.h"

#include <string>
#include <utility>

#include "common/rpc/peer.h"
#include "eid/delivery/v1/delivery_service.pb.h"

namespace eid::approval {
namespace {

using delivery::v1::DeliverRequest;
using delivery::v1::DeliverResponse;

constexpr absl::Duration kTimeout = absl::Seconds(5);

struct CarrierPeer {
  explicit CarrierPeer(std::shared_ptr<grpc::Channel> channel)
      : carrier(std::move(channel), /*carries=*/false) {}

  const rpc::PeerMethod<DeliverRequest, DeliverResponse> deliver{
      "/eid.delivery.v1.DeliveryService/Deliver"};
  rpc::PeerChannel carrier;
};

}  // namespace

outbox::Sender SendToCarrier(std::shared_ptr<grpc::Channel> channel) {
  const auto peer = std::make_shared<CarrierPeer>(std::move(channel));
  return [peer](const std::string& payload, outbox::Done done) {
    DeliverRequest message;
    if (!message.ParseFromString(payload))
      return done(absl::InvalidArgumentError("the payload is not a message to the carrier"));
    const std::string tag = message.message_id();
    peer->carrier.Call(peer->deliver, std::move(message), {.timeout = kTimeout, .request_tag = tag},
                       [done = std::move(done)](const absl::StatusOr<DeliverResponse>& taken) {
                         done(taken.status());
                       });
  };
}

}  // namespace eid::approval
