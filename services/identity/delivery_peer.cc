// SPDX-License-Identifier: Apache-2.0
#include "services/identity/delivery_peer.h"

#include <string>
#include <utility>

#include "common/rpc/peer.h"
#include "eid/delivery/v1/delivery_service.pb.h"

namespace eid::identity {
namespace {

using delivery::v1::DeliverRequest;
using delivery::v1::DeliverResponse;

constexpr absl::Duration kTimeout = absl::Seconds(5);

class Peer : public Carrier {
 public:
  explicit Peer(std::shared_ptr<grpc::Channel> channel)
      : carrier_(std::move(channel), /*carries=*/false) {}

  void Deliver(DeliverRequest message, std::function<void(absl::Status)> done) override {
    const std::string tag = message.message_id();
    carrier_.Call(deliver_, std::move(message), {.timeout = kTimeout, .request_tag = tag},
                  [done = std::move(done)](const absl::StatusOr<DeliverResponse>& taken) {
                    done(taken.status());
                  });
  }

 private:
  const rpc::PeerMethod<DeliverRequest, DeliverResponse> deliver_{
      "/eid.delivery.v1.DeliveryService/Deliver"};
  rpc::PeerChannel carrier_;
};

}  // namespace

std::unique_ptr<Carrier> DeliveryPeer(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<Peer>(std::move(channel));
}

}  // namespace eid::identity
