// SPDX-License-Identifier: Apache-2.0
#include "common/kv/upkeep.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/kv/number.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

constexpr char kAnswer = 'a';
constexpr char kAge = 't';
// Deletions of a batch beyond twice its additions.
constexpr uint64_t kSpare = 16;
constexpr absl::Duration kSweepPause = absl::Minutes(1);

}  // namespace

absl::Status TrimFeed(Txn& txn, uint64_t keep, uint64_t added, StateRow& state) {
  if (state.feed_entries() <= keep) return absl::OkStatus();
  const uint64_t most = 2 * added + kSpare;
  std::vector<std::string> keys;
  uint64_t trimmed_to = state.feed_trimmed_to();
  bool all = true;
  const KeyRange range = {.after = KeyOf(trimmed_to, std::numeric_limits<uint64_t>::max())};
  RETURN_IF_ERROR(txn.Scan(Space::kFeed, range, [&](absl::string_view key, absl::string_view) {
    const uint64_t revision = ReadNumber(key);
    // A transaction goes whole or not at all.
    const bool enough = keys.size() >= most || state.feed_entries() <= keep + keys.size();
    if (revision != trimmed_to && enough) {
      all = false;
      return false;
    }
    trimmed_to = revision;
    keys.emplace_back(key);
    return true;
  }));
  for (const std::string& key : keys) txn.Delete(Space::kFeed, key);
  // A count that was wrong is right again once nothing is left, and never becomes less than none.
  const uint64_t gone = std::min<uint64_t>(keys.size(), state.feed_entries());
  state.set_feed_entries(all ? 0 : state.feed_entries() - gone);
  state.set_feed_trimmed_to(trimmed_to);
  return absl::OkStatus();
}

std::string AnswerKey(absl::string_view scope, absl::string_view request_id) {
  return absl::StrCat(std::string(1, kAnswer), KeyOf(scope, request_id));
}

std::string AgeKey(int64_t unix_nanos, absl::string_view answer_key) {
  return absl::StrCat(std::string(1, kAge), KeyOf(absl::FromUnixNanos(unix_nanos)), answer_key);
}

absl::Status RequestSweeper::Sweep(Txn& txn, size_t jobs) {
  // A clock that was set back must not stop the sweeping until it has caught up.
  const absl::Time now = txn.time();
  if (now < next_ && next_ - now <= kSweepPause) return absl::OkStatus();
  const std::string not_yet = AgeKey(absl::ToUnixNanos(now - ttl_), "");
  const size_t most = 2 * jobs + kSpare;
  std::vector<std::string> keys;
  const KeyRange range = {.prefix = std::string(1, kAge), .after = swept_to_};
  RETURN_IF_ERROR(txn.Scan(Space::kRequests, range, [&](absl::string_view key, absl::string_view) {
    if (keys.size() >= most || key >= not_yet) return false;
    keys.emplace_back(key);
    return true;
  }));
  for (const std::string& key : keys) {
    txn.Delete(Space::kRequests, key);
    txn.Delete(Space::kRequests, absl::string_view(key).substr(1 + kNumberBytes));
  }
  if (!keys.empty()) swept_to_ = keys.back();
  if (keys.size() < most) next_ = now + kSweepPause;
  return absl::OkStatus();
}

}  // namespace eid::kv
