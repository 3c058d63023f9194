// SPDX-License-Identifier: Apache-2.0
// What approval does with a store of so many cases: pages, starts.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tools/bench/frame/contender.h"
#include "tools/bench/suite/mint.h"
#include "tools/bench/suite/stage.h"
#include "tools/suite/suite.h"

namespace eid::bench {

// Approval with a store of so many cases, and identity, whose keys it needs. Started by the first
// contender that needs it.
class ApprovalStage {
 public:
  // `context` outlives this.
  ApprovalStage(Context& context, uint64_t cases) : context_(context), cases_(cases) {}
  ~ApprovalStage();

  absl::Status Ensure();
  uint64_t cases() const { return cases_; }
  suite::Suite& suite() { return *suite_; }
  // A token of an officer.
  std::string Token() const;

 private:
  Context& context_;
  const uint64_t cases_;
  std::unique_ptr<suite::Suite> suite_;
  std::unique_ptr<Mint> mint_;
};

// A page of 50 open cases of one category, by due time.
class PageLoad final : public Contender {
 public:
  explicit PageLoad(std::shared_ptr<ApprovalStage> stage) : stage_(std::move(stage)) {}
  std::string name() const override;
  absl::Status Prepare() override { return stage_->Ensure(); }
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  const std::shared_ptr<ApprovalStage> stage_;
};

// From the exec of approval until it serves, after it was told to stop: a "call" is a start.
class StartLoad final : public Contender {
 public:
  explicit StartLoad(std::shared_ptr<ApprovalStage> stage) : stage_(std::move(stage)) {}
  std::string name() const override;
  absl::Status Prepare() override { return stage_->Ensure(); }
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  const std::shared_ptr<ApprovalStage> stage_;
};

// The suite just started, with nobody calling: the extra figures are each program's resident memory in
// MiB, by its name, and "largest service".
class IdleSuite final : public Contender {
 public:
  explicit IdleSuite(Context& context) : context_(context) {}
  std::string name() const override { return "idle suite"; }
  absl::Status Prepare() override;
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;
  void Release() override { suite_ = nullptr; }

 private:
  Context& context_;
  std::unique_ptr<suite::Suite> suite_;
};

}  // namespace eid::bench
