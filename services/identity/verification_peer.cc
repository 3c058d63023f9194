// SPDX-License-Identifier: Apache-2.0
#include "services/identity/verification_peer.h"

#include "common/clock/clock.h"
#include "common/rpc/peer.h"
#include "eid/verification/v1/verification_service.grpc.pb.h"

namespace eid::identity {
namespace {

using verification::v1::CheckPersonRequest;
using verification::v1::CheckPersonResponse;
using verification::v1::PersonCheckService;

// Left of the caller's time for what follows the check.
constexpr absl::Duration kReserve = absl::Milliseconds(200);

class Peer : public PersonCheck {
 public:
  Peer(std::shared_ptr<grpc::Channel> channel, absl::Duration timeout)
      : stub_(PersonCheckService::NewStub(std::move(channel))), timeout_(timeout) {}

  void Check(const rpc::Call& call, CheckPersonRequest person, Done done) override {
    const rpc::PeerOptions options = rpc::OptionsFor(call, Clock::Real().TimeNow(), timeout_,
                                                     /*pass_token=*/false, kReserve);
    rpc::CallPeer<PersonCheckService::Stub::async_interface,
                  PersonCheckService::StubInterface::async_interface, CheckPersonRequest,
                  CheckPersonResponse>(
        *stub_->async(), &PersonCheckService::StubInterface::async_interface::CheckPerson,
        std::move(person), options, std::move(done));
  }

 private:
  const std::unique_ptr<PersonCheckService::Stub> stub_;
  const absl::Duration timeout_;
};

}  // namespace

std::unique_ptr<PersonCheck> VerificationPeer(std::shared_ptr<grpc::Channel> channel,
                                              absl::Duration timeout) {
  return std::make_unique<Peer>(std::move(channel), timeout);
}

}  // namespace eid::identity
