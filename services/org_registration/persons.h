// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sync/mutex.h"
#include "services/org_registration/people.h"

namespace eid::org_registration {

// Callers as persons. Remembers which personal number an account has, which never changes; whether
// an account is active is asked anew each time. Thread-safe.
class Persons {
 public:
  // `people` outlives this. At most `capacity` numbers are remembered.
  explicit Persons(People& people, size_t capacity = 10'000)
      : people_(people), capacity_(capacity) {}

  // The caller as of now.
  void Ask(const rpc::Call& call, People::Done done);
  // The caller's personal number, if it is remembered.
  std::optional<std::string> Remembered(const rpc::Call& call) const;
  // The caller's personal number, asked for if need be; `done` may be called before this returns.
  void NumberOf(const rpc::Call& call, std::function<void(absl::StatusOr<std::string>)> done);

 private:
  void Remember(const Person& person);

  People& people_;
  const size_t capacity_;
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::string> numbers_ ABSL_GUARDED_BY(mutex_);
  // Accounts in `numbers_`, the oldest first.
  std::deque<std::string> order_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::org_registration
