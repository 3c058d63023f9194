// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench/frame/contender.h"
#include "tools/bench/suite/stage.h"
#include "tools/bench/suite/stream.h"

namespace eid::bench {

inline constexpr int kWatchers = 100;

// WatchCases by a hundred officers, straight at approval over mutual TLS: cases come as fast as all
// of them are told. What is counted is events, a hundred for each new case.
class FanOutLoad final : public Contender {
 public:
  // Of one event, for bare streams; Run compares it with a real one.
  static constexpr size_t kEventBytes = 256;

  explicit FanOutLoad(std::shared_ptr<Stage> stage) : stage_(std::move(stage)) {}
  std::string name() const override { return "WatchCases, 100 watchers"; }
  absl::Status Prepare() override;
  // `in_flight`: new cases under way at once.
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;
  void Release() override { intake_ = nullptr; }

 private:
  grpc::ByteBuffer NextCase();
  absl::StatusOr<std::vector<std::unique_ptr<MessageStream>>> OpenWatchers();
  // Opens a burst of cases and waits until every watcher has been told of all.
  absl::Status Burst(int in_flight);

  const std::shared_ptr<Stage> stage_;
  std::unique_ptr<Caller> intake_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::atomic<uint64_t> cases_ = 0;
  std::atomic<uint64_t> told_ = 0;
  // Of the latest event.
  std::atomic<size_t> event_bytes_ = 0;
  uint64_t expected_ = 0;
};

// A hundred streams of a bare server, over mutual TLS, each as fast as it goes: messages of as many
// bytes.
class BareStreams final : public Contender {
 public:
  explicit BareStreams(Context& context) : context_(context) {}
  std::string name() const override { return "bare server streaming, 100 streams"; }
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  Context& context_;
};

}  // namespace eid::bench
