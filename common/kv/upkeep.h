// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: what each batch clears away in passing, so that nothing ever has to stop
// for it: feed entries beyond those kept, answers to requests beyond their time. A few more
// deletions than there were additions, so the heap shrinks.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/kv/storage.pb.h"

namespace eid::kv {

// Deletes the oldest transactions' entries while more than `keep` are there, and counts them in
// `state`.
absl::Status TrimFeed(Txn& txn, uint64_t keep, uint64_t added, StateRow& state);

// Deletes answers older than `ttl`. For one thread.
class RequestSweeper {
 public:
  explicit RequestSweeper(absl::Duration ttl) : ttl_(ttl) {}

  // `jobs`: transactions of the batch.
  absl::Status Sweep(Txn& txn, size_t jobs);
  // The deletions of the last sweep were not written after all.
  void StartOver() {
    swept_to_.clear();
    next_ = absl::InfinitePast();
  }

 private:
  absl::Duration ttl_;
  // Everything up to here is swept. Going on from it keeps a sweep from crossing what earlier ones
  // deleted.
  std::string swept_to_;
  absl::Time next_ = absl::InfinitePast();
};

// Keys in Space::kRequests: an answer, and its place in the order of age.
std::string AnswerKey(absl::string_view scope, absl::string_view request_id);
std::string AgeKey(int64_t unix_nanos, absl::string_view answer_key);

}  // namespace eid::kv
