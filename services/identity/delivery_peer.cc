// SPDX-License-Identifier: Apache-2.0
#include "services/identity/delivery_peer.h"

#include "common/rpc/peer.h"
#include "eid/delivery/v1/delivery_service.grpc.pb.h"

namespace eid::identity {
namespace {

using delivery::v1::DeliverRequest;
using delivery::v1::DeliverResponse;
using delivery::v1::DeliveryService;

constexpr absl::Duration kTimeout = absl::Seconds(5);

class Peer : public Carrier {
 public:
  explicit Peer(std::shared_ptr<grpc::Channel> channel)
      : stub_(DeliveryService::NewStub(std::move(channel))) {}

  void Deliver(DeliverRequest message, std::function<void(absl::Status)> done) override {
    const std::string tag = message.message_id();
    rpc::CallPeer<DeliveryService::Stub::async_interface,
                  DeliveryService::StubInterface::async_interface, DeliverRequest, DeliverResponse>(
        *stub_->async(), &DeliveryService::StubInterface::async_interface::Deliver,
        std::move(message), {.timeout = kTimeout, .request_tag = tag},
        [done = std::move(done)](absl::StatusOr<DeliverResponse> taken) { done(taken.status()); });
  }

 private:
  const std::unique_ptr<DeliveryService::Stub> stub_;
};

}  // namespace

std::unique_ptr<Carrier> DeliveryPeer(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<Peer>(std::move(channel));
}

}  // namespace eid::identity
