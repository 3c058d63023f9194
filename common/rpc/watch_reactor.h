// SPDX-License-Identifier: Apache-2.0
// The machine behind watch.h. At any time at most one thread works on a stream: it owns `busy_`,
// which a write under way or a scheduled continuation also holds. Everybody else (the feed, the
// heartbeat's alarm, the caller's cancellation, the shutdown) leaves a note under `mu_`, and starts
// the work if nobody is at it.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/fault/fault.h"
#include "common/kv/feed.h"
#include "common/rpc/call_context.h"
#include "common/rpc/watches.h"

namespace eid::rpc::internal {

template <class Event, class Plan>
class WatchReactor final : public grpc::ServerWriteReactor<Event>,
                           public std::enable_shared_from_this<WatchReactor<Event, Plan>> {
 public:
  WatchReactor(InboundCall inbound, Watches& watches)
      : inbound_(std::move(inbound)), watches_(watches) {}

  template <class Open>
  void Run(Open&& open) {
    self_ = this->shared_from_this();
    if (absl::Status opened = Prepare(std::forward<Open>(open)); !opened.ok()) {
      End(std::move(opened), /*owned=*/true);
      return;
    }
    {
      absl::MutexLock lock(&mu_);
      ArmHeartbeat(Clock::Real().TimeNow() + watches_.options().heartbeat);
    }
    Write(Heartbeat());
  }

  void OnWriteDone(bool ok) override {
    if (ok) return Work(/*read=*/more_);
    End(absl::CancelledError("the caller went away"), /*owned=*/true);
  }

  void OnCancel() override { End(absl::CancelledError("the caller went away"), /*owned=*/false); }

  void OnDone() override {
    {
      // Waits for who is asking: after this the pipeline may be gone.
      absl::MutexLock lock(&asking_mu_);
      done_ = true;
    }
    std::unique_ptr<grpc::Alarm> heartbeat, continuation;
    {
      absl::MutexLock lock(&mu_);
      heartbeat = std::move(heartbeat_alarm_);
      continuation = std::move(continue_alarm_);
    }
    subscription_ = kv::Subscription();
    if (place_ != 0) watches_.Leave(place_);
    self_.reset();
  }

 private:
  // Between two reads of the feed, so that a storm of commits costs each stream little: what was
  // committed meanwhile is read, and goes out, together.
  static constexpr absl::Duration kLeastPause = absl::Milliseconds(8);

  template <class Open>
  absl::Status Prepare(Open&& open) {
    if (absl::Status admitted = inbound_.Admit(); !admitted.ok()) return admitted;
    std::weak_ptr<WatchReactor> weak = self_;
    absl::StatusOr<uint64_t> place = watches_.Enter(inbound_.call(), [weak] {
      if (auto self = weak.lock()) self->End(Watches::ShuttingDown(), /*owned=*/false);
    });
    if (!place.ok()) return place.status();
    place_ = *place;
    plan_ = std::forward<Open>(open)(inbound_.call());
    if (!plan_.after.ok()) return plan_.after.status();
    after_ = *plan_.after;
    subscription_ = watches_.feed().Subscribe([weak](uint64_t) {
      if (auto self = weak.lock()) self->Wake(/*heartbeat=*/false);
    });
    return absl::OkStatus();
  }

  // Sends what there is to send, or goes idle. `read`: also looks for more in the feed when nothing
  // waits. Without news there is nothing to find there: who is told of a commit after a read has
  // left his note by then. The caller owns `busy_`.
  void Work(bool read) {
    bool heartbeat = false, ended = false;
    {
      absl::MutexLock lock(&mu_);
      ended = ending_.has_value();
      heartbeat = heartbeat_due_;
      read = read && pending_.empty();
      if (read) dirty_ = false;
    }
    if (ended) return FinishNow();
    if (read) {
      if (absl::Status done = ReadFeed(); !done.ok()) return End(std::move(done), /*owned=*/true);
      // A long way to go past what this caller is not shown: let others have the thread.
      if (pending_.empty() && more_) return Continue(absl::InfinitePast());
    }
    if (!pending_.empty()) {
      std::shared_ptr<const Event> event = std::move(pending_.front());
      pending_.pop_front();
      return Write(std::move(event));
    }
    if (heartbeat) return Write(Heartbeat());
    {
      absl::MutexLock lock(&mu_);
      ended = ending_.has_value();
      busy_ = ended || dirty_ || heartbeat_due_;
      if (!busy_) return;
    }
    if (ended) return FinishNow();
    Continue(last_read_ + kLeastPause);
  }

  // Turns the next entries into events.
  absl::Status ReadFeed() {
    last_read_ = Clock::Real().TimeNow();
    auto entries = watches_.feed().Read(after_, watches_.options().batch);
    if (!entries.ok()) return entries.status();
    for (size_t i = 0; i < entries->size(); ++i) {
      const kv::FeedEntry& entry = (*entries)[i];
      const bool more = i + 1 < entries->size() && (*entries)[i + 1].revision == entry.revision;
      auto event = EventOf(entry, more ? entry.revision - 1 : entry.revision);
      if (!event.ok()) return event.status();
      if (*event != nullptr) pending_.push_back(*std::move(event));
    }
    if (!entries->empty()) fault::Point("feed_read");
    if (!entries->empty()) after_ = entries->back().revision;
    more_ = entries->size() >= watches_.options().batch;
    return absl::OkStatus();
  }

  // Null: nothing for this caller.
  absl::StatusOr<std::shared_ptr<const Event>> EventOf(const kv::FeedEntry& entry,
                                                       uint64_t resume) {
    if (plan_.shared_event) return plan_.shared_event(entry, resume);
    auto event = plan_.event(entry, resume);
    if (!event.ok()) return event.status();
    if (!*event) return std::shared_ptr<const Event>();
    return std::make_shared<const Event>(*std::move(*event));
  }

  std::shared_ptr<const Event> Heartbeat() {
    return std::make_shared<const Event>(plan_.heartbeat(after_));
  }

  void Write(std::shared_ptr<const Event> event) {
    event_ = std::move(event);
    {
      absl::MutexLock lock(&mu_);
      heartbeat_due_ = false;
      last_sent_ = Clock::Real().TimeNow();
    }
    // With more to come at once, the bytes may wait for it and go out together.
    grpc::WriteOptions options;
    if (!pending_.empty()) options.set_buffer_hint();
    this->StartWrite(event_.get(), options);
  }

  // Something changed, or a heartbeat is due.
  void Wake(bool heartbeat) {
    {
      absl::MutexLock lock(&mu_);
      dirty_ = true;
      heartbeat_due_ = heartbeat_due_ || heartbeat;
      if (busy_) return;
      busy_ = true;
    }
    Continue(last_read_ + kLeastPause);
  }

  // Works on, on a gRPC thread, not before `when`. The caller owns `busy_`.
  void Continue(absl::Time when) {
    const absl::Time now = Clock::Real().TimeNow();
    auto alarm = std::make_unique<grpc::Alarm>();
    grpc::Alarm* set = alarm.get();
    absl::MutexLock lock(&mu_);
    continue_alarm_.swap(alarm);
    // An alarm that has been taken away by OnDone fires too, cancelled, and does nothing.
    set->Set(absl::ToChronoTime(std::max(when, now)),
             [self = this->shared_from_this()](bool fired) mutable {
               const auto kept = std::move(self);
               if (fired) kept->Work(/*read=*/true);
             });
  }

  void ArmHeartbeat(absl::Time when) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    heartbeat_alarm_ = std::make_unique<grpc::Alarm>();
    heartbeat_alarm_->Set(absl::ToChronoTime(when),
                          [self = this->shared_from_this()](bool fired) mutable {
                            const auto kept = std::move(self);
                            if (fired) kept->OnHeartbeatAlarm();
                          });
  }

  // Also the moment to ask whether the caller may still see this: tokens expire, sessions end,
  // roles are taken away.
  void OnHeartbeatAlarm() {
    absl::Status still;
    {
      absl::MutexLock lock(&asking_mu_);
      if (done_) return;
      still = inbound_.Readmit();
    }
    if (!still.ok()) return End(std::move(still), /*owned=*/false);
    bool due = false;
    {
      absl::MutexLock lock(&mu_);
      if (ending_) return;
      const absl::Time now = Clock::Real().TimeNow();
      due = now >= last_sent_ + watches_.options().heartbeat;
      ArmHeartbeat((due ? now : last_sent_) + watches_.options().heartbeat);
    }
    if (due) Wake(/*heartbeat=*/true);
  }

  // Ends the stream as soon as nothing is under way. `owned`: the caller owns `busy_`.
  void End(absl::Status status, bool owned) {
    {
      absl::MutexLock lock(&mu_);
      if (!ending_) ending_ = std::move(status);
      if (busy_ && !owned) return;
      busy_ = true;
    }
    FinishNow();
  }

  // `busy_` stays taken for good: nobody works on this stream again.
  void FinishNow() {
    absl::Status status;
    {
      absl::MutexLock lock(&mu_);
      status = *ending_;
    }
    this->Finish(inbound_.Finish(status));
  }

  InboundCall inbound_;
  Watches& watches_;
  uint64_t place_ = 0;
  std::shared_ptr<WatchReactor> self_;  // until OnDone

  // Belong to who owns `busy_`.
  Plan plan_;
  uint64_t after_ = 0;
  // Whether the feed may have entries after `after_` that nobody will be told of again.
  bool more_ = true;
  std::deque<std::shared_ptr<const Event>> pending_;
  std::shared_ptr<const Event> event_;
  absl::Time last_read_ = absl::InfinitePast();
  kv::Subscription subscription_;

  // Held while the pipeline is asked by the heartbeat, which may come as late as it likes.
  absl::Mutex asking_mu_;
  bool done_ ABSL_GUARDED_BY(asking_mu_) = false;

  absl::Mutex mu_;
  bool busy_ ABSL_GUARDED_BY(mu_) = true;
  bool dirty_ ABSL_GUARDED_BY(mu_) = false;
  bool heartbeat_due_ ABSL_GUARDED_BY(mu_) = false;
  absl::Time last_sent_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  std::optional<absl::Status> ending_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<grpc::Alarm> heartbeat_alarm_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<grpc::Alarm> continue_alarm_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::rpc::internal
