// SPDX-License-Identifier: Apache-2.0
// Everything that approval keeps: its tables and their indexes. Numbers are on disk: never changed,
// never used again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/table.h"
#include "services/approval/storage.pb.h"

namespace eid::approval {

// 2: cases by category. 3: documents are packed (documents.h).
inline constexpr uint32_t kSchemaVersion = 3;
// What brings an older store here.
std::vector<kv::Migration> Migrations();

// Tables.
inline constexpr uint32_t kCaseTable = 1;
inline constexpr uint32_t kNotificationTable = 2;
inline constexpr uint32_t kOutboxTable = 3;

// Topics of the change feed. Subjects: the case_id; NotificationSubject; the outbox's own.
inline constexpr uint32_t kCaseTopic = 1;
inline constexpr uint32_t kNotificationTopic = 2;
inline constexpr uint32_t kOutboxTopic = 3;

// Indexes of Cases(). Due times: DueKey.
inline constexpr uint32_t kByDue = 1;                      // due time
inline constexpr uint32_t kByState = 2;                    // state, due time
inline constexpr uint32_t kByReviewer = 3;                 // reviewer, due time
inline constexpr uint32_t kByReviewerAndState = 4;         // reviewer, state, due time
inline constexpr uint32_t kByRunningClock = 5;             // due time; only clocks that run
inline constexpr uint32_t kByTimer = 6;                    // TimerOf; only cases that have one
inline constexpr uint32_t kByCategory = 7;                 // category, due time
inline constexpr uint32_t kByStateAndCategory = 8;         // state, category, due time
inline constexpr uint32_t kByCategoryAndRunningClock = 9;  // the same; only clocks that run

// Indexes of Notifications().
inline constexpr uint32_t kByAccount = 1;        // account, latest first
inline constexpr uint32_t kByAccountUnread = 2;  // account, latest first; only those not read

// The documents are packed.
const kv::Table<CaseRow>& Cases();
const kv::Table<NotificationRow>& Notifications();

// The due time as the indexes sort by it: a case without one comes last.
absl::Time DueKey(const v1::Case& case_);

// When time alone changes the case or its mark next (the end of its lease, a warning, the due
// time); InfiniteFuture when nothing will.
absl::Time TimerOf(const CaseRow& row);

// The case with its documents, or, brief, as it is stored. NOT_FOUND CASE_NOT_FOUND.
absl::StatusOr<CaseRow> LoadCase(const kv::Reader& reader, absl::string_view case_id);
absl::StatusOr<CaseRow> LoadBrief(const kv::Reader& reader, absl::string_view case_id);

// Writes a changed (or new) case: update_time, a new etag, and an entry of the feed.
absl::Status SaveCase(kv::Txn& txn, CaseRow& row, absl::Time now);

// "<account_id>/<notification_id>": a watch need not load what is not for its caller.
std::string NotificationSubject(const v1::Notification& notification);

}  // namespace eid::approval
