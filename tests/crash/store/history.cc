// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/history.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/kv/feed.h"
#include "common/status/macros.h"
#include "tests/crash/store/ballast.h"
#include "tests/crash/store/tables.h"

namespace eid::crash {
namespace {

constexpr uint32_t kBothHalves = 3;

std::string Name(uint64_t operation) { return absl::StrCat("operation ", operation); }

// The operation itself: done once, if it was to be done.
void CompareOutcome(uint64_t id, const Operation& operation, const std::vector<uint64_t>& done,
                    Findings& findings) {
  if (operation.outcome == Outcome::kAcked) {
    ++findings.checked;
    if (done.empty()) findings.Add(Wrong::kLost, Name(id) + " was acknowledged and is gone");
    if (done.size() == 1 && done[0] != operation.revision) {
      findings.Add(Wrong::kOther, absl::StrCat(Name(id), " has revision ", done[0], ", was told ",
                                               operation.revision));
    }
  }
  if (operation.outcome == Outcome::kFailed && !done.empty()) {
    findings.Add(Wrong::kOther, Name(id) + " was refused and is there");
  }
  if (done.size() > 1) {
    findings.Add(Wrong::kDuplicate,
                 absl::StrCat(Name(id), " was carried out ", done.size(), " times"));
  }
}

// What it brought along, byte by byte and all of it.
void CompareContents(const History& history, uint64_t id, const Contents::Trace& trace,
                     Findings& findings) {
  const auto asked = history.operations().find(id);
  if (asked == history.operations().end()) {
    findings.Add(Wrong::kOther, Name(id) + " was never asked for");
    return;
  }
  const uint64_t wanted = BallastSize(id, asked->second.ballast);
  for (const uint32_t half : {0U, 1U}) {
    if ((trace.rows >> half & 1U) == 0 || trace.ballast[half] == wanted) continue;
    findings.Add(Wrong::kAltered, absl::StrCat(Name(id), " has ", trace.ballast[half],
                                               " bytes in half ", half, ", not ", wanted));
  }
  if (trace.worker != asked->second.worker) {
    findings.Add(Wrong::kAltered, absl::StrCat(Name(id), " is of worker ", trace.worker));
  }
  if (trace.altered) findings.Add(Wrong::kAltered, Name(id) + " has other bytes than it brought");
}

}  // namespace

bool History::Acked(uint64_t operation, uint64_t revision) {
  Operation& known = operations_[operation];
  if (known.outcome == Outcome::kAcked) return false;
  known.outcome = Outcome::kAcked;
  known.revision = revision;
  return true;
}

void History::Failed(uint64_t operation) {
  Operation& known = operations_[operation];
  if (known.outcome == Outcome::kUnknown) known.outcome = Outcome::kFailed;
}

std::vector<uint64_t> History::With(Outcome outcome) const {
  std::vector<uint64_t> found;
  for (const auto& [id, operation] : operations_) {
    if (operation.outcome == outcome) found.push_back(id);
  }
  return found;
}

absl::StatusOr<Contents> ReadAll(kv::Database& database) {
  Contents contents;
  contents.revision = database.revision();
  const std::unique_ptr<kv::Reader> reader = database.Read();
  RETURN_IF_ERROR(Effects().Scan(*reader, {}, [&](const Effect& effect, absl::string_view) {
    Contents::Trace& trace = contents.effects[{effect.operation(), effect.revision()}];
    trace.worker = effect.worker();
    trace.rows |= 1U << effect.half();
    trace.ballast[effect.half() % 2] = effect.ballast().size();
    if (!IsBallastOf(effect.operation(), effect.ballast())) trace.altered = true;
    return true;
  }));
  const kv::RowRange by_worker = {.index = kByWorker};
  RETURN_IF_ERROR(Effects().Scan(*reader, by_worker, [&](const Effect& effect, absl::string_view) {
    contents.effects[{effect.operation(), effect.revision()}].index |= 1U << effect.half();
    return true;
  }));
  RETURN_IF_ERROR(Counts().Scan(*reader, {}, [&](const Count& count, absl::string_view) {
    contents.counts[count.worker()] = count.effects();
    return true;
  }));
  constexpr size_t kAtOnce = 10'000;
  uint64_t after = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<kv::FeedEntry> entries,
                     database.feed().Read(after, kAtOnce));
    for (const kv::FeedEntry& entry : entries) {
      uint64_t operation = 0;
      if (!absl::SimpleAtoi(entry.subject_id, &operation)) operation = 0;
      contents.announced.emplace(operation, entry.revision);
    }
    if (entries.empty()) return contents;
    after = entries.back().revision;
    // More than there can be; Compare says so.
    if (after > contents.revision) return contents;
  }
}

Findings Compare(const History& history, const Contents& contents) {
  Findings findings;
  std::map<uint64_t, std::vector<uint64_t>> done;
  std::map<uint32_t, uint64_t> counts;
  for (const auto& [key, trace] : contents.effects) {
    done[key.first].push_back(key.second);
    ++counts[trace.worker];
    if (trace.rows != kBothHalves || trace.index != kBothHalves) {
      findings.Add(Wrong::kHalf, absl::StrCat(Name(key.first), " has rows ", trace.rows,
                                              " and index entries ", trace.index, ", not 3"));
    }
    CompareContents(history, key.first, trace, findings);
    if (contents.announced.count(key) != 1) {
      findings.Add(Wrong::kHalf, absl::StrCat(Name(key.first), " is ",
                                              contents.announced.count(key), " times in the feed"));
    }
  }
  for (const auto& key : contents.announced) {
    if (contents.effects.count(key) == 0) {
      findings.Add(Wrong::kHalf, Name(key.first) + " is in the feed alone");
    }
  }
  for (const auto& [id, operation] : history.operations()) {
    CompareOutcome(id, operation, done[id], findings);
  }
  if (counts != contents.counts) findings.Add(Wrong::kOther, "a worker's count is wrong");
  if (contents.revision != contents.effects.size()) {
    findings.Add(Wrong::kOther, absl::StrCat("revision ", contents.revision, " after ",
                                             contents.effects.size(), " operations"));
  }
  return findings;
}

}  // namespace eid::crash
