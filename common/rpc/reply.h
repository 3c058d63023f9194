// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eid::rpc {

namespace internal {
// Logs that an operation answered twice; a bug, but not one to die of.
void LogSecondReply();
absl::Status DroppedReply();
}  // namespace internal

// How an operation answers: called with the message or the error, from any thread, once. Copies are
// the same reply (so it fits std::function). A second answer is logged and ignored; when the last
// copy goes without an answer, the caller gets INTERNAL, so no call hangs.
template <class T>
class Reply {
 public:
  // `finish` is called exactly once, on the thread that answers.
  explicit Reply(std::function<void(absl::StatusOr<T>)> finish)
      : once_(std::make_shared<Once>(std::move(finish))) {}

  void operator()(absl::StatusOr<T> result) const {
    if (once_->answered.exchange(true)) return internal::LogSecondReply();
    std::exchange(once_->finish, nullptr)(std::move(result));
  }

 private:
  struct Once {
    explicit Once(std::function<void(absl::StatusOr<T>)> f) : finish(std::move(f)) {}
    ~Once() {
      if (!answered.load()) finish(internal::DroppedReply());
    }
    Once(const Once&) = delete;
    Once& operator=(const Once&) = delete;

    std::atomic<bool> answered{false};
    std::function<void(absl::StatusOr<T>)> finish;
  };
  std::shared_ptr<Once> once_;
};

}  // namespace eid::rpc
