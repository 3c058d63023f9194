// SPDX-License-Identifier: Apache-2.0
// What the clients of a load were answered, which must be true from then on; and what must never be.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace eid::integration {

// A registration that came to its end, as its applicant was told.
struct Ended {
  std::string applicant_account_id;
  std::string registration_id;
  std::string file_code;
  // 2 if it was sent back once.
  int submissions = 1;
  // The account that was granted; empty: refused.
  std::string organization_id = {};
};

// Thread-safe.
class History {
 public:
  // Somebody was answered.
  void Answered();
  // `account_id` was told that this registration was created.
  void Created(const std::string& account_id, const std::string& registration_id);
  void Completed(const Ended& ended);
  // Something came that must never come.
  void Fail(absl::string_view what, const absl::Status& status = absl::OkStatus());

  // Waits until `more` further answers were given. False if they were not within `patience`.
  bool AwaitAnswers(int more, absl::Duration patience);

  int answers() const;
  std::vector<std::string> failures() const;
  std::vector<Ended> completed() const;
  // What each applicant created.
  std::map<std::string, std::set<std::string>> created() const;

 private:
  mutable absl::Mutex mutex_;
  int answers_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
  std::vector<Ended> completed_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::set<std::string>> created_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::integration
