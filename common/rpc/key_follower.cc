// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/key_follower.h"

#include <google/protobuf/empty.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <utility>

#include "absl/synchronization/notification.h"
#include "common/clock/clock.h"
#include "common/log/log.h"
#include "common/rpc/settings.h"
#include "common/rpc/status_grpc.h"

namespace eid::rpc {
namespace {

// Any empty request will do: this library knows no service's messages.
using Stub = grpc::TemplatedGenericStub<google::protobuf::Empty, policy::v1::SigningKeySet>;

constexpr char kMethod[] = "/eid.identity.v1.AuthenticationService/GetSigningKeys";

}  // namespace

// One call, waited for on the follower's own thread.
class KeyFollower::Look {
 public:
  absl::StatusOr<policy::v1::SigningKeySet> Run(const std::shared_ptr<grpc::Channel>& channel,
                                                absl::Duration timeout) {
    context_.set_deadline(absl::ToChronoTime(Clock::Real().TimeNow() + timeout));
    const google::protobuf::Empty request;
    policy::v1::SigningKeySet keys;
    grpc::Status status;
    absl::Notification done;
    Stub(channel).UnaryCall(&context_, kMethod, grpc::StubOptions(), &request, &keys,
                            [&](grpc::Status s) {
                              status = std::move(s);
                              done.Notify();
                            });
    done.WaitForNotification();
    if (!status.ok()) return FromGrpc(status);
    return keys;
  }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
};

KeyFollower::KeyFollower(std::shared_ptr<grpc::Channel> identity, auth::TokenVerifier& verifier,
                         Options options)
    : identity_(std::move(identity)),
      verifier_(verifier),
      options_(options),
      thread_([this] { Run(); }) {}

KeyFollower::KeyFollower(std::shared_ptr<grpc::Channel> identity, auth::TokenVerifier& verifier,
                         const KeysConfig& config)
    : KeyFollower(std::move(identity), verifier, Options{.refresh = KeysRefresh(config)}) {}

KeyFollower::~KeyFollower() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    if (look_ != nullptr) look_->Cancel();
  }
  thread_.join();
}

VerifyToken KeyFollower::verify() {
  return [this](absl::string_view token) {
    absl::StatusOr<auth::Claims> claims = verifier_.Verify(token);
    if (!claims.ok() && auth::TokenVerifier::IsUnknownKey(claims.status())) LookSoon();
    return claims;
  };
}

void KeyFollower::LookSoon() {
  absl::MutexLock lock(&mu_);
  look_soon_ = true;
}

absl::Status KeyFollower::LookOnce() {
  Look look;
  {
    absl::MutexLock lock(&mu_);
    if (stopping_) return absl::OkStatus();
    look_soon_ = false;
    look_ = &look;
  }
  const absl::StatusOr<policy::v1::SigningKeySet> keys = look.Run(identity_, options_.timeout);
  {
    absl::MutexLock lock(&mu_);
    look_ = nullptr;
  }
  if (!keys.ok()) return keys.status();
  // Better the keys of before than none.
  if (keys->keys().empty()) return absl::UnavailableError("identity has no keys");
  verifier_.SetKeys(*keys);
  return absl::OkStatus();
}

void KeyFollower::Run() {
  bool away = false;
  while (true) {
    const absl::Status looked = LookOnce();
    absl::MutexLock lock(&mu_);
    if (!looked.ok() && !away && !stopping_) {
      LogEvent(Severity::kWarning, "keys.unreachable", {{"error", looked.message()}});
    }
    if (looked.ok() && away) LogEvent(Severity::kInfo, "keys.reachable");
    away = !looked.ok();
    // A pause in any case, then until somebody asks or it is time again; after a failure only the
    // pause.
    if (mu_.AwaitWithTimeout(absl::Condition(&stopping_), options_.least_pause)) return;
    if (away) continue;
    mu_.AwaitWithTimeout(absl::Condition(
                             +[](KeyFollower* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
                               return self->stopping_ || self->look_soon_;
                             },
                             this),
                         options_.refresh - options_.least_pause);
    if (stopping_) return;
  }
}

}  // namespace eid::rpc
