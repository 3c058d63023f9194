// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/journal.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"

namespace eid::crash {
namespace {

absl::string_view NameOf(Answer answer) {
  switch (answer) {
    case Answer::kAcked: return "acked";
    case Answer::kRefused: return "refused";
    case Answer::kUnknown: return "unknown";
  }
  return "";
}

std::string Describe(const absl::Status& status) {
  return status.ok() ? "OK"
                     : absl::StrCat(absl::StatusCodeToString(status.code()), " ", ReasonOf(status));
}

// gRPC's own word, at once: the call met the end of a program before anybody there had seen it. One
// that was under way then is to be answered.
bool WasDropped(const Attempt& attempt) {
  constexpr absl::Duration kAtOnce = absl::Milliseconds(200);
  return absl::IsCancelled(attempt.status) && ReasonOf(attempt.status).empty() &&
         attempt.took < kAtOnce;
}

}  // namespace

absl::string_view NameOf(Invariant invariant) {
  switch (invariant) {
    case Invariant::kReadable: return "I1 lost";
    case Invariant::kOnce: return "I2 twice";
    case Invariant::kPath: return "I3 path";
    case Invariant::kDuties: return "I4 duties";
    case Invariant::kQuiet: return "I7 not quiet";
    case Invariant::kResolved: return "I8 unresolved";
    case Invariant::kFinding: return "finding";
    case Invariant::kDeadline: return "deadline";
    case Invariant::kNoFailure: return "failed call";
    case Invariant::kHarness: return "harness";
  }
  return "";
}

void Journal::Note(const Attempt& attempt) {
  {
    absl::MutexLock lock(&mutex_);
    file_ << absl::FormatTime("%H:%M:%E3S", absl::Now(), absl::UTCTimeZone()) << ' ' << attempt.who
          << ' ' << attempt.method << ' ' << attempt.request_id << " #" << attempt.number << ' '
          << NameOf(attempt.answer) << ' ' << Describe(attempt.status) << ' '
          << absl::ToInt64Milliseconds(attempt.took) << "ms\n";
    ++totals_.attempts;
    if (attempt.answer == Answer::kUnknown) ++totals_.unknown;
    if (attempt.answer == Answer::kAcked) ++acks_;
  }
  if (planned_ && attempt.answer == Answer::kUnknown && !absl::IsUnavailable(attempt.status) &&
      !WasDropped(attempt)) {
    Violate(Invariant::kNoFailure, absl::StrCat(attempt.who, "'s ", attempt.method,
                                                " failed: ", Describe(attempt.status)));
  }
}

void Journal::End(Answer answer, bool was_unknown) {
  absl::MutexLock lock(&mutex_);
  if (answer == Answer::kAcked) ++totals_.acked;
  if (answer == Answer::kRefused) ++totals_.refused;
  if (answer != Answer::kUnknown && was_unknown) ++totals_.resolved;
}

void Journal::Repeated() {
  absl::MutexLock lock(&mutex_);
  ++totals_.repeated;
}

void Journal::Violate(Invariant invariant, absl::string_view what) {
  absl::MutexLock lock(&mutex_);
  violated_ = true;
  file_ << absl::FormatTime("%H:%M:%E3S", absl::Now(), absl::UTCTimeZone()) << " VIOLATED "
        << NameOf(invariant) << ": " << what << std::endl;
  violations_.push_back({invariant, std::string(what)});
}

bool Journal::AwaitAcks(int more, absl::Duration patience) {
  absl::MutexLock lock(&mutex_);
  const int wanted = acks_ + more;
  const auto enough = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return acks_ >= wanted || violated_; };
  mutex_.AwaitWithTimeout(absl::Condition(&enough), patience);
  return acks_ >= wanted && !violated_;
}

Journal::Totals Journal::totals() const {
  absl::MutexLock lock(&mutex_);
  return totals_;
}

std::vector<Journal::Violation> Journal::violations() const {
  absl::MutexLock lock(&mutex_);
  return violations_;
}

}  // namespace eid::crash
