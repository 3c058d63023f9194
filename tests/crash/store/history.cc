// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/history.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/kv/feed.h"
#include "common/status/macros.h"
#include "tests/crash/store/tables.h"

namespace eid::crash {
namespace {

constexpr size_t kMaxExamples = 5;
constexpr uint32_t kBothHalves = 3;

std::string Name(uint64_t operation) { return absl::StrCat("operation ", operation); }

// The operation itself: done once, if it was to be done.
void CompareOutcome(uint64_t id, const Operation& operation, const std::vector<uint64_t>& done,
                    Findings& findings) {
  if (operation.outcome == Outcome::kAcked) {
    ++findings.checked;
    if (done.empty()) findings.Add(findings.lost, Name(id) + " was acknowledged and is gone");
    if (done.size() == 1 && done[0] != operation.revision) {
      findings.Add(findings.other, absl::StrCat(Name(id), " has revision ", done[0], ", was told ",
                                                operation.revision));
    }
  }
  if (operation.outcome == Outcome::kFailed && !done.empty()) {
    findings.Add(findings.other, Name(id) + " was refused and is there");
  }
  if (done.size() > 1) {
    findings.Add(findings.duplicates,
                 absl::StrCat(Name(id), " was carried out ", done.size(), " times"));
  }
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

void Findings::Add(uint64_t& kind, std::string what) {
  ++kind;
  if (examples.size() < kMaxExamples) examples.push_back(std::move(what));
}

void Findings::Add(const Findings& more) {
  checked += more.checked;
  lost += more.lost;
  half += more.half;
  duplicates += more.duplicates;
  other += more.other;
  for (const std::string& example : more.examples) {
    if (examples.size() < kMaxExamples) examples.push_back(example);
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
      findings.Add(findings.half, absl::StrCat(Name(key.first), " has rows ", trace.rows,
                                               " and index entries ", trace.index, ", not 3"));
    }
    if (contents.announced.count(key) != 1) {
      findings.Add(findings.half,
                   absl::StrCat(Name(key.first), " is ", contents.announced.count(key),
                                " times in the feed"));
    }
    if (history.operations().count(key.first) == 0) {
      findings.Add(findings.other, Name(key.first) + " was never asked for");
    }
  }
  for (const auto& key : contents.announced) {
    if (contents.effects.count(key) == 0) {
      findings.Add(findings.half, Name(key.first) + " is in the feed alone");
    }
  }
  for (const auto& [id, operation] : history.operations()) {
    CompareOutcome(id, operation, done[id], findings);
  }
  if (counts != contents.counts) findings.Add(findings.other, "a worker's count is wrong");
  if (contents.revision != contents.effects.size()) {
    findings.Add(findings.other, absl::StrCat("revision ", contents.revision, " after ",
                                              contents.effects.size(), " operations"));
  }
  return findings;
}

}  // namespace eid::crash
