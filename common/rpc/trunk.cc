// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/trunk.h"

#include <grpcpp/alarm.h>

#include <atomic>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "eid/trunk/v1/trunk_service.grpc.pb.h"

namespace eid::rpc {
namespace {

using trunk::v1::CarriedAnswer;
using trunk::v1::CarriedCall;
using trunk::v1::CarryRequest;
using trunk::v1::CarryResponse;
using trunk::v1::TrunkService;

// Calls go out together up to so many bytes.
constexpr size_t kMaxTogether = 64 * 1024;
// How long to do without after a stream that could not be opened: the peer is away, or has none.
constexpr absl::Duration kAway = absl::Milliseconds(500);
constexpr absl::Duration kRefused = absl::Minutes(1);

google::protobuf::Duration ProtoOf(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

// The peer is there, and has no trunk for this program.
bool IsRefusal(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNIMPLEMENTED ||
         status.error_code() == grpc::StatusCode::PERMISSION_DENIED ||
         status.error_code() == grpc::StatusCode::UNAUTHENTICATED;
}

CarriedCall ProtoOf(uint64_t id, Trunk::Call& call) {
  CarriedCall carried;
  carried.set_id(id);
  carried.set_method(call.method.data(), call.method.size());
  carried.set_request(std::move(call.request));
  carried.set_access_token(call.token.data(), call.token.size());
  carried.set_request_tag(call.request_tag.data(), call.request_tag.size());
  carried.set_client(call.client.data(), call.client.size());
  return carried;
}

}  // namespace

// What outlives the trunk as long as gRPC calls back.
class Trunk::Core final : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(TrunkService::NewStub(channel)) {}

  uint64_t NewId() { return next_id_.fetch_add(1, std::memory_order_relaxed); }
  bool IsOpen();
  bool Send(uint64_t id, Call& call, Done done);
  void Cancel(uint64_t id) { End({id}, grpc::Status(grpc::StatusCode::CANCELLED, "cancelled")); }
  void Stop();

 private:
  class Stream;
  enum class State { kNone, kOpening, kOpen, kLeaving, kStopped };
  struct Pending {
    Done done;
    absl::Time deadline;
    bool sent = false;
  };

  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The stream's news.
  void OnAnswers(CarryResponse& response);
  void OnEnd(const grpc::Status& status);
  // What is to be written now.
  bool Take(CarryRequest& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Done Remove(uint64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void End(const std::vector<uint64_t>& ids, const grpc::Status& status);
  void Arm() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnAlarm();

  const std::unique_ptr<TrunkService::Stub> stub_;
  std::atomic<uint64_t> next_id_{1};

  absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kNone;
  absl::Time next_try_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  Stream* stream_ ABSL_GUARDED_BY(mu_) = nullptr;
  // Somebody writes on the stream; he looks for more when he is done.
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  std::deque<CarriedCall> calls_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<uint64_t, Pending> pending_ ABSL_GUARDED_BY(mu_);
  std::set<std::pair<absl::Time, uint64_t>> deadlines_ ABSL_GUARDED_BY(mu_);
  // Calls that nobody waits for any more and that the peer has still to answer: they take up room
  // there.
  absl::flat_hash_set<uint64_t> given_up_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mu_);
  absl::Time alarm_time_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
};

// One stream, from its opening to its end; deletes itself. It is held open by a hold of its own
// until nothing can be written any more.
class Trunk::Core::Stream final : public grpc::ClientBidiReactor<CarryRequest, CarryResponse> {
 public:
  explicit Stream(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  void Open(TrunkService::Stub& stub) {
    stub.async()->Carry(&context_, this);
    AddHold();
    StartRead(&response_);
    StartCall();
  }
  void Cancel() { context_.TryCancel(); }

  // Writes what waits, or says that nothing more comes, or lets go. The caller is the one to write.
  void WriteOn() {
    request_.Clear();
    enum { kWrite, kWritesDone, kRelease, kNothing } next = kNothing;
    {
      absl::MutexLock lock(&core_->mu_);
      if (reading_ended_) {
        next = kRelease;
      } else if (!broken_ && core_->Take(request_)) {
        next = kWrite;
      } else if (core_->state_ == State::kLeaving && !std::exchange(writes_done_, true)) {
        next = kWritesDone;
      } else {
        core_->writing_ = false;
      }
    }
    switch (next) {
      case kWrite: return StartWrite(&request_);
      case kWritesDone: return StartWritesDone();
      case kRelease: return RemoveHold();
      case kNothing: return;
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      absl::MutexLock lock(&core_->mu_);
      broken_ = true;
    }
    WriteOn();
  }
  void OnWritesDoneDone(bool) override { WriteOn(); }

  void OnReadDone(bool ok) override {
    bool mine = false;
    if (ok) {
      CarryResponse response;
      response.Swap(&response_);
      StartRead(&response_);
      core_->OnAnswers(response);
      absl::MutexLock lock(&core_->mu_);
      mine = core_->state_ == State::kLeaving && !std::exchange(core_->writing_, true);
    } else {
      absl::MutexLock lock(&core_->mu_);
      reading_ended_ = true;
      mine = !std::exchange(core_->writing_, true);
    }
    if (mine) WriteOn();
  }

  void OnDone(const grpc::Status& status) override {
    core_->OnEnd(status);
    delete this;
  }

 private:
  const std::shared_ptr<Core> core_;
  grpc::ClientContext context_;
  CarryRequest request_;  // belongs to who writes
  CarryResponse response_;
  // Guarded by core_->mu_.
  bool reading_ended_ = false;
  bool writes_done_ = false;
  bool broken_ = false;
};

bool Trunk::Core::IsOpen() {
  absl::MutexLock lock(&mu_);
  if (state_ == State::kNone && Clock::Real().TimeNow() >= next_try_) Open();
  return state_ == State::kOpen;
}

bool Trunk::Core::HasRoom() const {
  return pending_.size() + given_up_.size() < kMaxUnderWay && calls_.size() < kMaxUnderWay;
}

bool Trunk::Core::Send(uint64_t id, Call& call, Done done) {
  const absl::Time now = Clock::Real().TimeNow();
  Stream* stream = nullptr;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kOpen || !HasRoom() || call.request.size() > kMaxRequestBytes ||
        call.deadline <= now) {
      return false;
    }
    const absl::Time deadline = call.deadline;
    pending_.emplace(id, Pending{std::move(done), deadline});
    deadlines_.emplace(deadline, id);
    if (deadline < alarm_time_) Arm();
    calls_.push_back(ProtoOf(id, call));
    if (!std::exchange(writing_, true)) stream = stream_;
  }
  if (stream != nullptr) stream->WriteOn();
  return true;
}

void Trunk::Core::Open() {
  state_ = State::kOpening;
  writing_ = false;
  stream_ = new Stream(shared_from_this());
  stream_->Open(*stub_);
}

bool Trunk::Core::Take(CarryRequest& request) {
  const absl::Time now = Clock::Real().TimeNow();
  size_t bytes = 0;
  for (; !calls_.empty() && bytes < kMaxTogether; calls_.pop_front()) {
    CarriedCall& call = calls_.front();
    const auto pending = pending_.find(call.id());
    // Given up while it waited here, or about to be.
    if (pending == pending_.end() || pending->second.deadline <= now) continue;
    *call.mutable_timeout() = ProtoOf(pending->second.deadline - now);
    const size_t size = call.ByteSizeLong();
    if (bytes > 0 && bytes + size > kMaxTogether) break;
    bytes += size;
    pending->second.sent = true;
    *request.add_calls() = std::move(call);
  }
  return !request.calls().empty();
}

void Trunk::Core::OnAnswers(CarryResponse& response) {
  std::vector<std::pair<Done, CarriedAnswer*>> answered;
  answered.reserve(static_cast<size_t>(response.answers_size()));
  {
    absl::MutexLock lock(&mu_);
    // The peer speaks first: it takes calls.
    if (state_ == State::kOpening) state_ = State::kOpen;
    if (response.leaving() && state_ == State::kOpen) state_ = State::kLeaving;
    for (CarriedAnswer& answer : *response.mutable_answers()) {
      if (Done done = Remove(answer.id())) {
        answered.emplace_back(std::move(done), &answer);
      } else {
        given_up_.erase(answer.id());
      }
    }
  }
  for (auto& [done, answer] : answered) {
    done(grpc::Status(static_cast<grpc::StatusCode>(answer->code()),
                      std::move(*answer->mutable_message()), std::move(*answer->mutable_details())),
         std::move(*answer->mutable_response()));
  }
}

void Trunk::Core::OnEnd(const grpc::Status& status) {
  std::vector<Done> lost;
  {
    absl::MutexLock lock(&mu_);
    for (auto& [id, pending] : pending_) lost.push_back(std::move(pending.done));
    pending_.clear();
    deadlines_.clear();
    given_up_.clear();
    calls_.clear();
    stream_ = nullptr;
    next_try_ = Clock::Real().TimeNow() + (IsRefusal(status) ? kRefused : kAway);
    if (state_ != State::kStopped) state_ = State::kNone;
  }
  const grpc::Status broken(grpc::StatusCode::UNAVAILABLE, "the connection to the peer broke");
  for (Done& done : lost) done(broken, "");
}

Trunk::Done Trunk::Core::Remove(uint64_t id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return nullptr;
  Done done = std::move(found->second.done);
  deadlines_.erase({found->second.deadline, id});
  pending_.erase(found);
  return done;
}

void Trunk::Core::End(const std::vector<uint64_t>& ids, const grpc::Status& status) {
  std::vector<Done> ended;
  {
    absl::MutexLock lock(&mu_);
    for (const uint64_t id : ids) {
      const auto pending = pending_.find(id);
      if (pending == pending_.end()) continue;
      if (pending->second.sent) given_up_.insert(id);
      ended.push_back(Remove(id));
    }
  }
  for (Done& done : ended) done(status, "");
}

void Trunk::Core::Arm() {
  alarm_time_ = deadlines_.begin()->first;
  // One that is replaced fires too, cancelled.
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(absl::ToChronoTime(alarm_time_), [weak = weak_from_this()](bool fired) {
    const auto core = weak.lock();
    if (fired && core != nullptr) core->OnAlarm();
  });
}

void Trunk::Core::OnAlarm() {
  const absl::Time now = Clock::Real().TimeNow();
  std::vector<uint64_t> late;
  {
    absl::MutexLock lock(&mu_);
    for (auto it = deadlines_.begin(); it != deadlines_.end() && it->first <= now; ++it) {
      late.push_back(it->second);
    }
  }
  End(late, grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED,
                         "the deadline passed before the peer answered"));
  absl::MutexLock lock(&mu_);
  alarm_time_ = absl::InfiniteFuture();
  if (!deadlines_.empty() && state_ != State::kStopped) Arm();
}

void Trunk::Core::Stop() {
  std::vector<Done> left;
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kStopped;
    // Before the stream ends, which would end them as broken.
    for (auto& [id, pending] : pending_) left.push_back(std::move(pending.done));
    pending_.clear();
    deadlines_.clear();
    if (stream_ != nullptr) stream_->Cancel();
  }
  for (Done& done : left) done(grpc::Status(grpc::StatusCode::CANCELLED, "the program stops"), "");
}

Trunk::Trunk(const std::shared_ptr<grpc::Channel>& channel)
    : core_(std::make_shared<Core>(channel)) {}

Trunk::~Trunk() { core_->Stop(); }

bool Trunk::IsOpen() { return core_->IsOpen(); }

uint64_t Trunk::NewId() { return core_->NewId(); }

bool Trunk::Send(uint64_t id, Call& call, Done done) {
  return core_->Send(id, call, std::move(done));
}

void Trunk::Cancel(uint64_t id) { core_->Cancel(id); }

}  // namespace eid::rpc
