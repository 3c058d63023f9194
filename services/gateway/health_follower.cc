// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/health_follower.h"

#include <grpcpp/grpcpp.h>

#include <deque>
#include <utility>

#include "absl/synchronization/blocking_counter.h"
#include "common/clock/clock.h"
#include "common/log/log.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace eid::gateway {

HealthFollower::HealthFollower(const Routes& routes, grpc::HealthCheckServiceInterface& health,
                               absl::Duration interval, absl::Duration timeout)
    : routes_(routes), health_(health), interval_(interval), timeout_(timeout), thread_([this] {
        Run();
      }) {}

HealthFollower::~HealthFollower() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
}

void HealthFollower::Run() {
  for (const std::string& service : routes_.open_services()) {
    health_.SetServingStatus(service, false);
  }
  while (true) {
    const std::vector<bool> serving = AskAll();
    for (size_t i = 0; i < serving.size(); ++i) Show(*routes_.backends()[i], serving[i]);
    absl::MutexLock lock(&mu_);
    if (mu_.AwaitWithTimeout(absl::Condition(&stopping_), interval_)) return;
  }
}

std::vector<bool> HealthFollower::AskAll() const {
  using grpc::health::v1::Health;
  using grpc::health::v1::HealthCheckResponse;
  struct Question {
    std::unique_ptr<Health::Stub> stub;
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    HealthCheckResponse response;
    grpc::Status status;
  };
  const size_t count = routes_.backends().size();
  std::deque<Question> questions(count);
  absl::BlockingCounter answers(static_cast<int>(count));
  for (size_t i = 0; i < count; ++i) {
    Question& question = questions[i];
    question.stub = Health::NewStub(routes_.backends()[i]->channel());
    question.context.set_deadline(absl::ToChronoTime(Clock::Real().TimeNow() + timeout_));
    question.stub->async()->Check(&question.context, &question.request, &question.response,
                                  [&question, &answers](grpc::Status status) {
                                    question.status = std::move(status);
                                    answers.DecrementCount();
                                  });
  }
  answers.Wait();
  std::vector<bool> serving;
  for (const Question& question : questions) {
    serving.push_back(question.status.ok() &&
                      question.response.status() == HealthCheckResponse::SERVING);
  }
  return serving;
}

void HealthFollower::Show(const Backend& backend, bool serving) {
  const auto [shown, first] = shown_.emplace(&backend, serving);
  if (!first && shown->second == serving) return;
  shown->second = serving;
  for (const std::string& service : routes_.OpenServicesOf(backend)) {
    health_.SetServingStatus(service, serving);
  }
  LogEvent(serving ? Severity::kInfo : Severity::kWarning, "backend.health",
           {{"backend", backend.name()}, {"serving", serving}});
}

}  // namespace eid::gateway
