// SPDX-License-Identifier: Apache-2.0
// The services of echo.proto, for tests of the wire and of the gateway.
#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "common/rpc/stream.h"
#include "common/rpc/testing/echo.grpc.pb.h"
#include "common/rpc/watch.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc::testing {

using rpctest::v1::Echo;

inline constexpr char kEcho[] = "rpctest.v1.EchoService";
inline constexpr char kEchoIntake[] = "rpctest.v1.EchoIntakeService";

// Answers with the text, and with what it knows of the call. `how` asks for something else: "fail"
// an error with details, "internal" one that must stay inside, "drop" no answer, "twice" two
// answers, "thread" an answer from another thread, "hang" none until Release, "trailer" trailing
// metadata, "huge" an answer over every limit.
class EchoRpc final : public rpctest::v1::EchoService::CallbackService {
 public:
  using Unary = grpc::ServerUnaryReactor*;
  using Context = grpc::CallbackServerContext*;

  explicit EchoRpc(const Pipeline& pipeline, Watches* watches = nullptr)
      : pipeline_(pipeline), watches_(watches) {}
  ~EchoRpc() override {
    std::vector<std::thread> threads;
    {
      absl::MutexLock lock(&mu_);
      threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
  }

  // Answers the calls that hang.
  void Release() {
    std::vector<std::pair<Echo, Reply<Echo>>> held;
    {
      absl::MutexLock lock(&mu_);
      held.swap(held_);
    }
    for (auto& [echo, reply] : held) reply(std::move(echo));
  }
  // Waits until so many calls hang.
  void AwaitHeld(size_t count) {
    absl::MutexLock lock(&mu_);
    wanted_ = count;
    mu_.Await(absl::Condition(
        +[](EchoRpc* self)
             ABSL_NO_THREAD_SAFETY_ANALYSIS { return self->held_.size() >= self->wanted_; },
        this));
  }

  std::vector<UnaryMethod> unary_methods() {
    return UnaryMethodsOf(*this, kEcho, &EchoRpc::Say, &EchoRpc::SayAsHolder,
                          &EchoRpc::SayAsOrganization, &EchoRpc::SayAsApprover,
                          &EchoRpc::SayAsHolderOrService);
  }

  // What came with the last unary call.
  std::map<std::string, std::string> metadata() {
    absl::MutexLock lock(&mu_);
    return metadata_;
  }
  absl::Time deadline() {
    absl::MutexLock lock(&mu_);
    return deadline_;
  }

  Unary Say(Context context, const Echo* request, Echo* response) override {
    return Run("Say", context, request, response);
  }
  Unary SayAsHolder(Context context, const Echo* request, Echo* response) override {
    return Run("SayAsHolder", context, request, response);
  }
  Unary SayAsOrganization(Context context, const Echo* request, Echo* response) override {
    return Run("SayAsOrganization", context, request, response);
  }
  Unary SayAsApprover(Context context, const Echo* request, Echo* response) override {
    return Run("SayAsApprover", context, request, response);
  }
  Unary SayAsHolderOrService(Context context, const Echo* request, Echo* response) override {
    return Run("SayAsHolderOrService", context, request, response);
  }

  grpc::ServerReadReactor<Echo>* Collect(Context context, Echo* response) override {
    class Collector final : public Upload<Echo, Echo> {
     public:
      absl::Status Add(Echo&& message) override {
        if (message.how() == "fail") return absl::InvalidArgumentError("told to fail");
        text_ += message.text();
        return absl::OkStatus();
      }
      void End(Reply<Echo> reply) override {
        Echo echo;
        echo.set_text(text_);
        reply(std::move(echo));
      }

     private:
      std::string text_;
    };
    return Receive<Echo, Echo>(
        pipeline_, "/rpctest.v1.EchoService/Collect", *context, response,
        [](const Call&) -> absl::StatusOr<std::unique_ptr<Upload<Echo, Echo>>> {
          return std::make_unique<Collector>();
        });
  }

  grpc::ServerWriteReactor<Echo>* Spell(Context context, const Echo* request) override {
    return Send<Echo>(pipeline_, "/rpctest.v1.EchoService/Spell", *context,
                      [request](const Call&) -> absl::StatusOr<NextMessage<Echo>> {
                        if (request->text().empty()) return absl::InvalidArgumentError("no text");
                        return [text = request->text(),
                                at = size_t{0}]() mutable -> absl::StatusOr<std::optional<Echo>> {
                          if (at == text.size()) return std::nullopt;
                          if (text[at] == '!') return absl::AbortedError("told to fail");
                          Echo echo;
                          echo.set_text(text.substr(at++, 1));
                          return echo;
                        };
                      });
  }

  grpc::ServerWriteReactor<Echo>* Watch(Context context, const Echo* request) override {
    return rpc::Watch<Echo>(
        pipeline_, "/rpctest.v1.EchoService/Watch", *context, *watches_, [request](const Call&) {
          WatchPlan<Echo> plan;
          plan.after = request->after();
          if (request->how() == "fail") plan.after = absl::InvalidArgumentError("told to fail");
          plan.event = [](const kv::FeedEntry& entry,
                          uint64_t resume) -> absl::StatusOr<std::optional<Echo>> {
            if (entry.subject_id == "hidden") return std::nullopt;
            if (entry.subject_id == "broken") return absl::DataLossError("told to fail");
            Echo echo;
            echo.set_text(entry.subject_id);
            echo.set_revision(resume);
            return echo;
          };
          plan.heartbeat = [](uint64_t revision) {
            Echo echo;
            echo.set_revision(revision);
            return echo;
          };
          return plan;
        });
  }

  grpc::ServerBidiReactor<Echo, Echo>* Chat(Context) override {
    class Chatter final : public grpc::ServerBidiReactor<Echo, Echo> {
     public:
      Chatter() { StartRead(&echo_); }
      void OnReadDone(bool ok) override {
        if (!ok) return Finish(grpc::Status::OK);
        if (echo_.how() == "fail") {
          return Finish(ToGrpc(Error(absl::StatusCode::kAborted,
                                     policy::v1::COMMON_REASON_ETAG_MISMATCH, "told to fail")));
        }
        StartWrite(&echo_);
      }
      void OnWriteDone(bool ok) override {
        if (!ok) return Finish(grpc::Status::CANCELLED);
        StartRead(&echo_);
      }
      void OnDone() override { delete this; }

     private:
      Echo echo_;
    };
    return new Chatter;
  }

 private:
  Unary Run(absl::string_view method, Context context, const Echo* request, Echo* response) {
    Note(*context);
    if (request->how() == "trailer") {
      context->AddTrailingMetadata("x-trailer", "a value");
      context->AddTrailingMetadata("x-trailer-bin", std::string("\0\xff", 2));
    }
    return Handle(pipeline_, absl::StrCat("/rpctest.v1.EchoService/", method), *context, response,
                  [&](const Call& call, Reply<Echo> reply) { Answer(call, *request, reply); });
  }

  void Note(const grpc::CallbackServerContext& context) {
    absl::MutexLock lock(&mu_);
    metadata_.clear();
    for (const auto& [key, value] : context.client_metadata()) {
      metadata_[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
    }
    deadline_ = absl::FromChrono(context.deadline());
  }

  void Answer(const Call& call, const Echo& request, Reply<Echo> reply) {
    Echo echo = request;
    echo.set_caller(call.CallerId());
    echo.set_request_tag(call.request_tag);
    echo.set_client(call.client);
    const std::string& how = request.how();
    if (how == "fail") {
      return reply(
          WithRetry(Error(absl::StatusCode::kAborted, policy::v1::COMMON_REASON_ETAG_MISMATCH,
                          "told to fail", {{"key", "value"}}),
                    absl::Seconds(3)));
    }
    if (how == "internal") return reply(absl::InternalError("the disk's name is /dev/secret"));
    if (how == "unavailable") return reply(absl::UnavailableError("told to be away"));
    if (how == "drop") return;
    if (how == "huge") echo.set_padding(std::string(5 << 20, 'a'));
    if (how == "twice") {
      reply(echo);
      return reply(absl::AbortedError("a second answer"));
    }
    if (how == "thread") {
      absl::MutexLock lock(&mu_);
      threads_.emplace_back([reply, echo] { reply(echo); });
      return;
    }
    if (how == "hang") {
      absl::MutexLock lock(&mu_);
      held_.emplace_back(echo, reply);
      return;
    }
    reply(std::move(echo));
  }

  const Pipeline& pipeline_;
  Watches* watches_;
  absl::Mutex mu_;
  std::map<std::string, std::string> metadata_ ABSL_GUARDED_BY(mu_);
  absl::Time deadline_ ABSL_GUARDED_BY(mu_);
  size_t wanted_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<std::pair<Echo, Reply<Echo>>> held_ ABSL_GUARDED_BY(mu_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mu_);
};

// Answers with the text and the caller.
class EchoIntakeRpc final : public rpctest::v1::EchoIntakeService::CallbackService {
 public:
  explicit EchoIntakeRpc(const Pipeline& pipeline) : pipeline_(pipeline) {}

  std::vector<UnaryMethod> unary_methods() {
    return UnaryMethodsOf(*this, kEchoIntake, &EchoIntakeRpc::EnsureEcho);
  }

  grpc::ServerUnaryReactor* EnsureEcho(grpc::CallbackServerContext* context, const Echo* request,
                                       Echo* response) override {
    return Handle(pipeline_, "/rpctest.v1.EchoIntakeService/EnsureEcho", *context, response,
                  [&](const Call& call, Reply<Echo> reply) {
                    Echo echo = *request;
                    echo.set_caller(call.CallerId());
                    reply(std::move(echo));
                  });
  }

 private:
  const Pipeline& pipeline_;
};

}  // namespace eid::rpc::testing
