// SPDX-License-Identifier: Apache-2.0
// Loads on RegistrationService and AuthenticationService.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "tools/bench/frame/contender.h"
#include "tools/bench/suite/stage.h"

namespace eid::bench {

// CreateRegistration through the gateway. Each applicant files kFilesOfOne, since nobody may have more
// than a hundred under way; a token is new to the gateway and the service once in as many calls.
class CreateLoad final : public Contender {
 public:
  static constexpr uint64_t kFilesOfOne = 20;
  // More than can be filed.
  static constexpr double kMostASecond = 40'000;

  explicit CreateLoad(std::shared_ptr<Stage> stage) : stage_(std::move(stage)) {}
  std::string name() const override { return "CreateRegistration"; }
  absl::Status Prepare() override;
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  void MintTokens(absl::Duration duration) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<std::string> TokenOfNext() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::shared_ptr<Stage> stage_;
  std::string request_;
  absl::Mutex mutex_;
  uint64_t applicants_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> tokens_ ABSL_GUARDED_BY(mutex_);
  uint64_t files_ ABSL_GUARDED_BY(mutex_) = 0;
};

// GetRegistration by its applicant, whose token is known: through the gateway, or through nginx in the
// gateway's place, before the same service.
class GetLoad final : public Contender {
 public:
  enum class Front { kGateway, kNginx };
  // For a bare echo that is as long; Prepare compares them with a real call.
  static constexpr size_t kRequestBytes = 28;
  static constexpr size_t kAnswerBytes = 390;

  GetLoad(std::shared_ptr<Stage> stage, Front front) : stage_(std::move(stage)), front_(front) {}
  std::string name() const override;
  absl::Status Prepare() override;
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  const std::shared_ptr<Stage> stage_;
  const Front front_;
  std::string request_;
};

// IntrospectToken by a service of the suite, over mutual TLS.
class IntrospectLoad final : public Contender {
 public:
  // As above.
  static constexpr size_t kRequestBytes = 676;
  static constexpr size_t kAnswerBytes = 187;

  explicit IntrospectLoad(std::shared_ptr<Stage> stage) : stage_(std::move(stage)) {}
  std::string name() const override { return "IntrospectToken"; }
  absl::Status Prepare() override;
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;
  void Release() override { caller_ = nullptr; }

 private:
  std::string Request() const;

  const std::shared_ptr<Stage> stage_;
  std::unique_ptr<Caller> caller_;
  std::unique_ptr<suite::Person> person_;
};

}  // namespace eid::bench
