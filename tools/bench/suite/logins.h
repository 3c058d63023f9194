// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tools/bench/frame/contender.h"
#include "tools/bench/suite/stage.h"

namespace eid::bench {

// Logins with a password (one Argon2id hash each) through the gateway.
class LoginLoad final : public Contender {
 public:
  explicit LoginLoad(std::shared_ptr<Stage> stage) : stage_(std::move(stage)) {}
  // With the parameters of the hash: a figure without them says nothing.
  std::string name() const override;
  absl::Status Prepare() override;
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  const std::shared_ptr<Stage> stage_;
};

// GetAccount through the gateway, by the account's holder: a read of the process that hashes. Beside
// it, `logins` logins are under way all the time; the extra figure "logins/s" says how many ended,
// and none is an error.
class ReadLoad final : public Contender {
 public:
  ReadLoad(std::shared_ptr<Stage> stage, int logins) : stage_(std::move(stage)), logins_(logins) {}
  std::string name() const override;
  absl::Status Prepare() override;
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  const std::shared_ptr<Stage> stage_;
  const int logins_;
};

}  // namespace eid::bench
