// SPDX-License-Identifier: Apache-2.0
#include "services/identity/verification_peer.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/rpc/peer.h"

namespace eid::identity {
namespace {

using verification::v1::CheckPersonRequest;
using verification::v1::CheckPersonResponse;

// Left of the caller's time for what follows the check.
constexpr absl::Duration kReserve = absl::Milliseconds(200);

class Peer : public PersonCheck {
 public:
  Peer(rpc::PeerChannel& verification, absl::Duration timeout)
      : verification_(verification), timeout_(timeout) {}

  void Check(const rpc::Call& call, CheckPersonRequest person, Done done) override {
    const rpc::PeerOptions options = rpc::OptionsFor(call, Clock::Real().TimeNow(), timeout_,
                                                     /*pass_token=*/false, kReserve);
    verification_.Call(check_person_, std::move(person), options, std::move(done));
  }

 private:
  const rpc::PeerMethod<CheckPersonRequest, CheckPersonResponse> check_person_{
      "/eid.verification.v1.PersonCheckService/CheckPerson"};
  rpc::PeerChannel& verification_;
  const absl::Duration timeout_;
};

}  // namespace

std::unique_ptr<PersonCheck> VerificationPeer(rpc::PeerChannel& verification,
                                              absl::Duration timeout) {
  return std::make_unique<Peer>(verification, timeout);
}

}  // namespace eid::identity
