// SPDX-License-Identifier: Apache-2.0
#include "services/identity/configuration.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace eid::identity {
namespace {

constexpr int kLeastLeadSeconds = 4;
constexpr int kMostLeadSeconds = 86'400;
// Less, Argon2id does not take.
constexpr int64_t kLeastMemoryKib = 8;
constexpr int64_t kMostThreads = 64;
constexpr int64_t kMostCalls = 1'000'000;
constexpr int64_t kMostDays = 36'500;

template <class T>
T Or(T value, T standard) {
  return value > 0 ? value : standard;
}

// Gathers what is wrong.
class Findings {
 public:
  void Need(const std::string& value, absl::string_view field) {
    if (value.empty()) wrong_.push_back(absl::StrCat(field, " is missing"));
  }
  // 0 stands for the default.
  void InRange(int64_t value, int64_t least, int64_t most, absl::string_view field) {
    if (value == 0 || (value >= least && value <= most)) return;
    wrong_.push_back(absl::StrCat(field, " is not ", least, " to ", most));
  }
  absl::Status Verdict() const {
    if (wrong_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("the configuration is wrong: ", absl::StrJoin(wrong_, ", ")));
  }

 private:
  std::vector<std::string> wrong_;
};

void CheckThrottling(const Throttling& throttling, Findings& findings) {
  const int64_t day = absl::ToInt64Seconds(kForgetAfter);
  findings.InRange(throttling.client_burst(), 1, kMostCalls, "throttling.client_burst");
  findings.InRange(throttling.client_per_second(), 1, kMostCalls, "throttling.client_per_second");
  findings.InRange(throttling.code_burst(), 1, kMostCalls, "throttling.code_burst");
  findings.InRange(throttling.account_code_burst(), 1, kMostCalls, "throttling.account_code_burst");
  // What takes longer than a day to fill again never does: by then it is forgotten.
  findings.InRange(throttling.code_refill_seconds(), 1, day, "throttling.code_refill_seconds");
  findings.InRange(throttling.account_code_refill_seconds(), 1, day,
                   "throttling.account_code_refill_seconds");
}

}  // namespace

absl::Status CheckConfig(const Config& config) {
  constexpr int64_t kAny = std::numeric_limits<int32_t>::max();
  Findings findings;
  findings.Need(config.key_dir(), "key_dir");
  findings.Need(config.calendar_path(), "calendar_path");
  findings.Need(config.periods_path(), "periods_path");
  findings.InRange(config.person_check_timeout_ms(), 1, kAny, "person_check_timeout_ms");
  findings.InRange(config.upkeep_seconds(), 1, kAny, "upkeep_seconds");
  const Hashing& hashing = config.hashing();
  // Beyond, no password would be right any more: a stored string that asks for so much is refused.
  findings.InRange(hashing.memory_kib(), kLeastMemoryKib, crypto::kMaxPasswordMemoryKib,
                   "hashing.memory_kib");
  findings.InRange(hashing.iterations(), 1, crypto::kMaxPasswordIterations, "hashing.iterations");
  findings.InRange(hashing.threads(), 1, kMostThreads, "hashing.threads");
  findings.InRange(hashing.queue(), 1, kMostCalls, "hashing.queue");
  CheckThrottling(config.throttling(), findings);
  findings.InRange(config.key_rotation().period_days(), 1, kMostDays, "key_rotation.period_days");
  findings.InRange(config.key_rotation().publish_lead_seconds(), kLeastLeadSeconds,
                   kMostLeadSeconds, "key_rotation.publish_lead_seconds");
  return findings.Verdict();
}

crypto::PasswordParams PasswordParamsOf(const Hashing& hashing) {
  crypto::PasswordParams params;
  params.memory_kib = Or(hashing.memory_kib(), params.memory_kib);
  params.iterations = Or(hashing.iterations(), params.iterations);
  return params;
}

WorkerPool::Options HashingPoolOf(const Hashing& hashing) {
  return {.name = "hash",
          .threads = Or(hashing.threads(), 1),
          .max_queue = static_cast<size_t>(Or(hashing.queue(), 64)),
          .low_priority = true};
}

KeyTimes KeyTimesOf(const KeyRotation& rotation) {
  return {.period = Or(rotation.period_days(), 30) * absl::Hours(24),
          .lead = absl::Seconds(Or(rotation.publish_lead_seconds(), 600))};
}

ClientLimits::Options ClientOptionsOf(const Throttling& throttling) {
  return {.burst = Or(throttling.client_burst(), 60),
          .per_second = Or(throttling.client_per_second(), 5)};
}

CodeAllowances CodeAllowancesOf(const Throttling& throttling) {
  CodeAllowances codes;
  codes.client = {.burst = Or(throttling.code_burst(), 5),
                  .refill = absl::Seconds(Or(throttling.code_refill_seconds(), 60))};
  codes.account = {.burst = Or(throttling.account_code_burst(), 4 * codes.client.burst),
                   .refill = throttling.account_code_refill_seconds() > 0
                                 ? absl::Seconds(throttling.account_code_refill_seconds())
                                 : codes.client.refill / 2};
  return codes;
}

absl::Duration PersonCheckTimeout(const Config& config) {
  return absl::Milliseconds(Or(config.person_check_timeout_ms(), 5000));
}

absl::Duration UpkeepPause(const Config& config) {
  return absl::Seconds(Or(config.upkeep_seconds(), 1));
}

}  // namespace eid::identity
