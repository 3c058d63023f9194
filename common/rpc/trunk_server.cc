// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/trunk_server.h"

#include <deque>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/limits.h"
#include "common/rpc/status_grpc.h"
#include "common/status/status.h"
#include "common/sync/turn.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc {
namespace {

using trunk::v1::CarriedAnswer;
using trunk::v1::CarriedCall;
using trunk::v1::CarryRequest;
using trunk::v1::CarryResponse;

constexpr char kCarry[] = "/eid.trunk.v1.TrunkService/Carry";
// Answers go out together up to so many bytes.
constexpr size_t kMaxTogether = 64 * 1024;
// What a message may hold beside one answer's response.
constexpr size_t kAround = 16 * 1024;

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Status TooLarge() {
  return Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_MESSAGE_TOO_LARGE,
               "the answer is over the limit");
}

absl::Status TooMany() {
  return WithRetry(Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
                         "too many calls are under way"),
                   absl::Milliseconds(100));
}

absl::Status Unknown() {
  return Error(absl::StatusCode::kUnimplemented, policy::v1::COMMON_REASON_METHOD_UNKNOWN,
               "no such method");
}

}  // namespace

std::vector<std::string> WithTrunk(std::vector<std::string> services) {
  services.push_back(trunk::v1::TrunkService::service_full_name());
  return services;
}

// One trunk. `writing_` is a token: who has it is the only one to write, and gives it on to the
// write's end or puts it back. gRPC sees the stream's end only when all its calls are answered, so a
// server that has stopped has no handler running.
class TrunkServer::Stream final : public grpc::ServerBidiReactor<CarryRequest, CarryResponse>,
                                  public std::enable_shared_from_this<Stream> {
 public:
  Stream(TrunkServer& server, const grpc::CallbackServerContext& context)
      : server_(server), inbound_(server.pipeline_, kCarry, context) {
    inbound_.DoNotCount();
  }

  void Start() {
    self_ = shared_from_this();
    if (absl::Status admitted = inbound_.Admit(); !admitted.ok()) {
      return Finish(inbound_.Finish(admitted));
    }
    StartRead(&request_);
    if (server_.Enter(this)) Leave();
    // An empty message says that calls are taken.
    StartWrite(&response_);
  }

  void OnReadDone(bool ok) override {
    CarryRequest request;
    int room = 0;
    bool goes_on = false;
    {
      absl::MutexLock lock(&mu_);
      reading_ended_ = reading_ended_ || !ok;
      goes_on = ok && !broken_;
      if (goes_on) {
        request.Swap(&request_);
        room = kMaxUnderWay - under_way_;
        // All at once, and before the next message can come: the stream lasts until they are answered.
        under_way_ += request.calls_size();
      }
    }
    if (!goes_on) {
      if (Hold()) WriteOn();
      return;
    }
    StartRead(&request_);
    // What is answered meanwhile goes out together.
    const Turn turn;
    for (CarriedCall& call : *request.mutable_calls()) Run(std::move(call), room-- > 0);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) SetBroken();
    WriteOn();
  }

  void OnCancel() override {
    SetBroken();
    if (Hold()) WriteOn();
  }

  void OnDone() override {
    server_.Exit(this);
    self_.reset();
  }

  void Leave() {
    {
      absl::MutexLock lock(&mu_);
      leaving_ = true;
    }
    if (Hold()) WriteOn();
  }

 private:
  // True: the token was free, and is the caller's now.
  bool Hold() {
    absl::MutexLock lock(&mu_);
    return !std::exchange(writing_, true);
  }

  void SetBroken() {
    absl::MutexLock lock(&mu_);
    broken_ = true;
    under_way_ -= static_cast<int>(answers_.size());
    answers_.clear();
  }

  void Run(CarriedCall carried, bool has_room) {
    const uint64_t id = carried.id();
    AnswerCarried answer = [self = shared_from_this(), id](const grpc::Status& status,
                                                           std::string response) {
      self->Answer(id, status, std::move(response));
    };
    const UnaryMethod* method = server_.Find(carried.method());
    if (!has_room || method == nullptr) {
      const InboundCall refused(server_.pipeline_, CallOf(carried));
      return answer(refused.Finish(has_room ? Unknown() : TooMany()), "");
    }
    method->run(server_.pipeline_, CallOf(carried), carried.request(), std::move(answer));
  }

  Call CallOf(CarriedCall& carried) const {
    Call call;
    call.method = std::move(*carried.mutable_method());
    call.peer = inbound_.call().peer;
    call.token = std::move(*carried.mutable_access_token());
    call.request_tag = TagOrNew(carried.request_tag());
    call.client = ForwardedClient(carried.client());
    call.forwarded = !call.client.empty();
    if (!call.forwarded) call.client = inbound_.call().client;
    call.deadline = Clock::Real().TimeNow() + DurationOf(carried.timeout());
    return call;
  }

  void Answer(uint64_t id, grpc::Status status, std::string response) {
    if (response.size() > kMaxAnswerBytes - kAround) {
      status = ToGrpc(TooLarge());
      response.clear();
    }
    CarriedAnswer answer;
    answer.set_id(id);
    answer.set_code(status.error_code());
    answer.set_message(status.error_message());
    answer.set_details(status.error_details());
    answer.set_response(std::move(response));
    {
      absl::MutexLock lock(&mu_);
      if (broken_) {
        --under_way_;
      } else {
        answers_.push_back(std::move(answer));
      }
    }
    // With what else this thread answers in one go. The token is not held until then: who answers
    // meanwhile writes at once.
    Turn::AtEnd([self = shared_from_this()] {
      if (self->Hold()) self->WriteOn();
    });
  }

  // Writes what there is, or ends the stream, or puts the token back. The caller has it.
  void WriteOn() {
    response_.Clear();
    bool ended = false;
    {
      absl::MutexLock lock(&mu_);
      TakeAnswers();
      if (leaving_ && !told_ && !broken_) response_.set_leaving(told_ = true);
      if (response_.answers().empty() && !response_.leaving()) {
        // The token stays taken for good: nobody writes on this stream again.
        ended = (reading_ended_ || broken_) && under_way_ == 0;
        writing_ = ended;
        if (!ended) return;
      }
    }
    if (ended) return Finish(inbound_.Finish(absl::OkStatus()));
    StartWrite(&response_);
  }

  void TakeAnswers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    size_t bytes = 0;
    while (!answers_.empty() && bytes < kMaxTogether) {
      CarriedAnswer& answer = answers_.front();
      const size_t size = answer.ByteSizeLong();
      if (bytes > 0 && bytes + size > kMaxTogether) break;
      bytes += size;
      *response_.add_answers() = std::move(answer);
      answers_.pop_front();
      --under_way_;
    }
  }

  TrunkServer& server_;
  InboundCall inbound_;
  std::shared_ptr<Stream> self_;  // until OnDone
  CarryRequest request_;
  CarryResponse response_;  // belongs to the token's owner

  absl::Mutex mu_;
  bool writing_ ABSL_GUARDED_BY(mu_) = true;  // the first message
  bool reading_ended_ ABSL_GUARDED_BY(mu_) = false;
  // Nobody is there to hear the answers.
  bool broken_ ABSL_GUARDED_BY(mu_) = false;
  bool leaving_ ABSL_GUARDED_BY(mu_) = false;
  bool told_ ABSL_GUARDED_BY(mu_) = false;
  // Calls whose answers have not gone out.
  int under_way_ ABSL_GUARDED_BY(mu_) = 0;
  std::deque<CarriedAnswer> answers_ ABSL_GUARDED_BY(mu_);
};

TrunkServer::TrunkServer(const Pipeline& pipeline, std::vector<std::vector<UnaryMethod>> methods)
    : pipeline_(pipeline) {
  for (std::vector<UnaryMethod>& service : methods) {
    for (UnaryMethod& method : service) methods_.emplace(method.path, std::move(method));
  }
}

TrunkServer::~TrunkServer() = default;

grpc::ServerBidiReactor<CarryRequest, CarryResponse>* TrunkServer::Carry(
    grpc::CallbackServerContext* context) {
  auto stream = std::make_shared<Stream>(*this, *context);
  stream->Start();
  return stream.get();
}

const UnaryMethod* TrunkServer::Find(const std::string& path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

bool TrunkServer::Enter(Stream* stream) {
  absl::MutexLock lock(&mu_);
  streams_.insert(stream);
  return leaving_;
}

void TrunkServer::Exit(Stream* stream) {
  absl::MutexLock lock(&mu_);
  streams_.erase(stream);
}

void TrunkServer::Leave() {
  std::vector<std::shared_ptr<Stream>> streams;
  {
    absl::MutexLock lock(&mu_);
    leaving_ = true;
    for (Stream* stream : streams_) streams.push_back(stream->shared_from_this());
  }
  for (const auto& stream : streams) stream->Leave();
}

}  // namespace eid::rpc
