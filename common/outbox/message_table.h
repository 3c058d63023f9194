// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/table.h"
#include "common/outbox/outbox.h"
#include "common/outbox/storage.pb.h"

// How the outbox keeps its messages, for this library's own use.
namespace eid::outbox {

// By when they are due and then by the order of enqueueing; only those that wait.
inline constexpr uint32_t kByDueTime = 1;
// By when they were enqueued; only the parked.
inline constexpr uint32_t kByParked = 2;

kv::Table<MessageRow> MessageTable(uint32_t number);

// Code and reason of an error, never its text.
std::string ProblemOf(const absl::Status& status);

// The pause after the n-th failure.
absl::Duration PauseAfter(int32_t attempts, const Options& options);

// What an attempt came to.
enum class Outcome { kSent, kRetried, kParked, kExpired };

// Pure: what the sender's answer means.
Outcome OutcomeOf(const absl::Status& answer);

// The row after a failed attempt that is to be repeated, or after one that never will be.
void Postpone(MessageRow& row, const absl::Status& answer, absl::Time now, const Options& options);
void Park(MessageRow& row, const absl::Status& answer);

}  // namespace eid::outbox
