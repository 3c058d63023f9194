// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/history.h"

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"

namespace eid::integration {

void History::Answered() {
  absl::MutexLock lock(&mutex_);
  ++answers_;
}

void History::Created(const std::string& account_id, const std::string& registration_id) {
  absl::MutexLock lock(&mutex_);
  created_[account_id].insert(registration_id);
}

void History::Completed(const Ended& ended) {
  absl::MutexLock lock(&mutex_);
  completed_.push_back(ended);
}

void History::Fail(absl::string_view what, const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  failures_.push_back(status.ok() ? std::string(what)
                                  : absl::StrCat(what, ": ", testing::Describe(status)));
}

bool History::AwaitAnswers(int more, absl::Duration patience) {
  absl::MutexLock lock(&mutex_);
  const int wanted = answers_ + more;
  const auto enough = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return answers_ >= wanted; };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), patience);
}

int History::answers() const {
  absl::MutexLock lock(&mutex_);
  return answers_;
}

std::vector<std::string> History::failures() const {
  absl::MutexLock lock(&mutex_);
  return failures_;
}

std::vector<Ended> History::completed() const {
  absl::MutexLock lock(&mutex_);
  return completed_;
}

std::map<std::string, std::set<std::string>> History::created() const {
  absl::MutexLock lock(&mutex_);
  return created_;
}

}  // namespace eid::integration
