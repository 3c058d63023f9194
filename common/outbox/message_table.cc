// SPDX-License-Identifier: Apache-2.0
#include "common/outbox/message_table.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/status/status.h"

namespace eid::outbox {

kv::Table<MessageRow> MessageTable(uint32_t number) {
  return kv::Table<MessageRow>({
      .number = number,
      .name = "outbox",
      .key = [](const MessageRow& row) { return kv::KeyOf(row.message_id()); },
      .indexes = {{.number = kByDueTime,
                   .name = "by_due_time",
                   .key = [](const MessageRow& row) -> kv::IndexKeys {
                     if (row.state() != MessageRow::STATE_WAITING) return {};
                     return kv::KeyOf(FromTimestamp(row.due_time()), row.revision(), row.ordinal());
                   }},
                  {.number = kByParked,
                   .name = "by_parked",
                   .key = [](const MessageRow& row) -> kv::IndexKeys {
                     if (row.state() != MessageRow::STATE_FAILED) return {};
                     return kv::KeyOf(FromTimestamp(row.enqueue_time()));
                   }}},
  });
}

std::string ProblemOf(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  const std::string code = absl::StatusCodeToString(status.code());
  return reason.empty() ? code : absl::StrCat(code, " (", reason, ")");
}

absl::Duration PauseAfter(int32_t attempts, const Options& options) {
  absl::Duration pause = options.first_pause;
  for (int32_t i = 1; i < attempts && pause < options.max_pause; ++i) pause *= 2;
  return std::min(pause, options.max_pause);
}

Outcome OutcomeOf(const absl::Status& answer) {
  if (answer.ok()) return Outcome::kSent;
  return absl::IsInvalidArgument(answer) ? Outcome::kParked : Outcome::kRetried;
}

// Counted to the end of what can be counted, whatever the row says.
int32_t OneMore(int32_t attempts) {
  return std::clamp(attempts, 0, std::numeric_limits<int32_t>::max() - 1) + 1;
}

void Postpone(MessageRow& row, const absl::Status& answer, absl::Time now, const Options& options) {
  row.set_attempts(OneMore(row.attempts()));
  row.set_last_problem(ProblemOf(answer));
  absl::Time due = now + PauseAfter(row.attempts(), options);
  if (row.has_expire_time()) due = std::min(due, FromTimestamp(row.expire_time()));
  *row.mutable_due_time() = ToTimestamp(due);
}

void Park(MessageRow& row, const absl::Status& answer) {
  row.set_attempts(OneMore(row.attempts()));
  row.set_last_problem(ProblemOf(answer));
  row.set_state(MessageRow::STATE_FAILED);
  row.clear_payload();
}

}  // namespace eid::outbox
