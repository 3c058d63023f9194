// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/watch_peer.h"

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/status_grpc.h"
#include "eid/approval/v1/approval_service.grpc.pb.h"
#include "eid/verification/v1/verification_service.grpc.pb.h"

namespace eid::org_registration {
namespace {

using approval::v1::ApprovalService;
using verification::v1::VerificationService;

// One watch that is opened again and again. `Traits` says how to open it and what its events hold
// (nullptr: a heartbeat).
template <class Traits>
class Watch {
 public:
  Watch(std::shared_ptr<grpc::Channel> channel, const Clock& clock, Following& following)
      : stub_(Traits::Service::NewStub(std::move(channel))), clock_(clock), following_(following) {
    absl::MutexLock lock(&mu_);
    Open();
  }

  ~Watch() {
    std::unique_ptr<grpc::Alarm> alarm;
    {
      absl::MutexLock lock(&mu_);
      stopping_ = true;
      if (attempt_ != nullptr) attempt_->context.TryCancel();
      alarm = std::move(alarm_);
    }
    // Going, it calls back unless it has done so.
    alarm.reset();
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&ended_));
  }

 private:
  using Event = typename Traits::Event;

  // One stream, from its opening to its end.
  struct Attempt final : public grpc::ClientReadReactor<Event> {
    explicit Attempt(Watch& owner) : watch(owner) {}
    void OnReadDone(bool ok) override {
      if (!ok) return;
      if (auto* thing = Traits::ThingOf(event)) {
        watch.following_.OnEvent(std::move(*thing), event.resume_token());
      } else {
        watch.following_.OnHeartbeat(Traits::kPeer, event.resume_token());
      }
      this->StartRead(&event);
    }
    // Deletes this.
    void OnDone(const grpc::Status& status) override { watch.OnEnd(rpc::FromGrpc(status)); }

    Watch& watch;
    grpc::ClientContext context;
    typename Traits::Request request;
    Event event;
  };

  void Open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    attempt_ = new Attempt(*this);
    attempt_->request.set_resume_token(following_.Token(Traits::kPeer));
    Traits::Open(*stub_, *attempt_);
    attempt_->StartRead(&attempt_->event);
    attempt_->StartCall();
  }

  void OnEnd(const absl::Status& status) {
    {
      // While the stub still holds the channel: its last holder must not be a context that goes on
      // gRPC's own thread, which would then wait for itself.
      absl::MutexLock lock(&mu_);
      delete std::exchange(attempt_, nullptr);
    }
    const absl::Duration wait = following_.OnEnd(Traits::kPeer, status);
    auto alarm = std::make_unique<grpc::Alarm>();
    absl::MutexLock lock(&mu_);
    if (stopping_) {
      ended_ = true;
      return;
    }
    // The alarm before this one has fired.
    alarm_ = std::move(alarm);
    alarm_->Set(absl::ToChronoTime(clock_.TimeNow() + wait), [this](bool) {
      absl::MutexLock relock(&mu_);
      if (stopping_) {
        ended_ = true;
      } else {
        Open();
      }
    });
  }

  const std::unique_ptr<typename Traits::Service::Stub> stub_;
  const Clock& clock_;
  Following& following_;
  absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  Attempt* attempt_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mu_);
};

struct Verifications {
  using Service = VerificationService;
  using Request = verification::v1::WatchVerificationsRequest;
  using Event = verification::v1::VerificationEvent;
  static constexpr Peer kPeer = PEER_VERIFICATION;
  template <class Attempt>
  static void Open(VerificationService::Stub& stub, Attempt& attempt) {
    stub.async()->WatchVerifications(&attempt.context, &attempt.request, &attempt);
  }
  static verification::v1::Verification* ThingOf(Event& event) {
    return event.has_verification() ? event.mutable_verification() : nullptr;
  }
};

struct Cases {
  using Service = ApprovalService;
  using Request = approval::v1::WatchCasesRequest;
  using Event = approval::v1::CaseEvent;
  static constexpr Peer kPeer = PEER_APPROVAL;
  template <class Attempt>
  static void Open(ApprovalService::Stub& stub, Attempt& attempt) {
    stub.async()->WatchCases(&attempt.context, &attempt.request, &attempt);
  }
  static approval::v1::Case* ThingOf(Event& event) {
    return event.has_case_() ? event.mutable_case_() : nullptr;
  }
};

class BothWatches final : public PeerWatches {
 public:
  BothWatches(std::shared_ptr<grpc::Channel> verification, std::shared_ptr<grpc::Channel> approval,
              const Clock& clock, Following& following)
      : verifications_(std::move(verification), clock, following),
        cases_(std::move(approval), clock, following) {}

 private:
  Watch<Verifications> verifications_;
  Watch<Cases> cases_;
};

}  // namespace

std::unique_ptr<PeerWatches> WatchPeers(std::shared_ptr<grpc::Channel> verification,
                                        std::shared_ptr<grpc::Channel> approval, const Clock& clock,
                                        Following& following) {
  return std::make_unique<BothWatches>(std::move(verification), std::move(approval), clock,
                                       following);
}

}  // namespace eid::org_registration
