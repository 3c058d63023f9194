// SPDX-License-Identifier: Apache-2.0
#include "services/approval/store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/kv/migration.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/approval/v1/errors.pb.h"
#include "services/approval/documents.h"
#include "services/approval/statutory_clock.h"

namespace eid::approval {
namespace {

kv::IndexKeys ByReviewer(const CaseRow& row) {
  if (row.case_().reviewer_account_id().empty()) return {};
  return kv::KeyOf(row.case_().reviewer_account_id(), DueKey(row.case_()));
}

kv::IndexKeys ByReviewerAndState(const CaseRow& row) {
  if (row.case_().reviewer_account_id().empty()) return {};
  return kv::KeyOf(row.case_().reviewer_account_id(), row.case_().state(), DueKey(row.case_()));
}

kv::IndexKeys ByRunningClock(const CaseRow& row) {
  if (!IsRunning(row.case_().clock())) return {};
  return kv::KeyOf(DueKey(row.case_()));
}

std::string ByCategory(const CaseRow& row) {
  return kv::KeyOf(CategoryOf(row), DueKey(row.case_()));
}

kv::IndexKeys ByCategoryAndRunningClock(const CaseRow& row) {
  if (!IsRunning(row.case_().clock())) return {};
  return ByCategory(row);
}

std::string ByStateAndCategory(const CaseRow& row) {
  return kv::KeyOf(row.case_().state(), CategoryOf(row), DueKey(row.case_()));
}

kv::IndexKeys ByTimer(const CaseRow& row) {
  const absl::Time timer = TimerOf(row);
  if (timer == absl::InfiniteFuture()) return {};
  return kv::KeyOf(timer);
}

std::string ByAccount(const NotificationRow& row) {
  const v1::Notification& notification = row.notification();
  return kv::KeyOf(notification.account_id(), kv::Desc(FromTimestamp(notification.create_time())));
}

kv::IndexKeys ByAccountUnread(const NotificationRow& row) {
  if (row.notification().has_read_time()) return {};
  return ByAccount(row);
}

}  // namespace

const kv::Table<CaseRow>& Cases() {
  static const auto* const table = new kv::Table<CaseRow>({
      .number = kCaseTable,
      .name = "cases",
      .key = [](const CaseRow& row) { return kv::KeyOf(row.case_().case_id()); },
      .indexes = {{.number = kByDue,
                   .name = "by_due",
                   .key = [](const CaseRow& row) { return kv::KeyOf(DueKey(row.case_())); }},
                  {.number = kByState,
                   .name = "by_state",
                   .key =
                       [](const CaseRow& row) {
                         return kv::KeyOf(row.case_().state(), DueKey(row.case_()));
                       }},
                  {.number = kByReviewer, .name = "by_reviewer", .key = ByReviewer},
                  {.number = kByReviewerAndState,
                   .name = "by_reviewer_and_state",
                   .key = ByReviewerAndState},
                  {.number = kByRunningClock, .name = "by_running_clock", .key = ByRunningClock},
                  {.number = kByTimer, .name = "by_timer", .key = ByTimer},
                  {.number = kByCategory, .name = "by_category", .key = ByCategory},
                  {.number = kByStateAndCategory,
                   .name = "by_state_and_category",
                   .key = ByStateAndCategory},
                  {.number = kByCategoryAndRunningClock,
                   .name = "by_category_and_running_clock",
                   .key = ByCategoryAndRunningClock}},
  });
  return *table;
}

const kv::Table<NotificationRow>& Notifications() {
  static const auto* const table = new kv::Table<NotificationRow>({
      .number = kNotificationTable,
      .name = "notifications",
      .key =
          [](const NotificationRow& row) {
            return kv::KeyOf(row.notification().notification_id());
          },
      .indexes = {{.number = kByAccount, .name = "by_account", .key = ByAccount},
                  {.number = kByAccountUnread,
                   .name = "by_account_unread",
                   .key = ByAccountUnread}},
  });
  return *table;
}

std::vector<kv::Migration> Migrations() {
  // Written anew, each case gets the entries of the indexes that it did not have.
  const auto index = [](kv::Txn& txn, std::string& position) {
    return kv::ChangeSomeRows(Cases(), txn, position, [&](const std::string& key) -> absl::Status {
      ASSIGN_OR_RETURN(const CaseRow row, Cases().Get(txn, key));
      RETURN_IF_ERROR(Cases().Delete(txn, key));
      return Cases().Insert(txn, row);
    });
  };
  const auto pack = [](kv::Txn& txn, std::string& position) {
    return kv::ChangeSomeRows(Cases(), txn, position, [&](const std::string& key) -> absl::Status {
      ASSIGN_OR_RETURN(CaseRow row, Cases().Get(txn, key));
      const Packed packed(row);
      return Cases().Update(txn, row);
    });
  };
  return {index, pack};
}

absl::Time DueKey(const v1::Case& case_) {
  return case_.clock().has_due_time() ? FromTimestamp(case_.clock().due_time())
                                      : absl::InfiniteFuture();
}

absl::Time TimerOf(const CaseRow& row) {
  const v1::Case& c = row.case_();
  absl::Time timer = absl::InfiniteFuture();
  if (c.state() == v1::Case::STATE_CLAIMED) timer = FromTimestamp(c.lease_expire_time());
  if (IsRunning(c.clock())) {
    if (row.announced_mark() < v1::CLOCK_MARK_WARNING)
      timer = std::min(timer, FromTimestamp(c.clock().warn_time()));
    if (row.announced_mark() < v1::CLOCK_MARK_OVERDUE)
      timer = std::min(timer, FromTimestamp(c.clock().due_time()));
  }
  return timer;
}

absl::StatusOr<CaseRow> LoadCase(const kv::Reader& reader, absl::string_view case_id) {
  ASSIGN_OR_RETURN(CaseRow row, LoadBrief(reader, case_id));
  RETURN_IF_ERROR(Unpack(row));
  return row;
}

absl::StatusOr<CaseRow> LoadBrief(const kv::Reader& reader, absl::string_view case_id) {
  absl::StatusOr<CaseRow> row = Cases().Get(reader, kv::KeyOf(case_id));
  if (absl::IsNotFound(row.status())) {
    return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_CASE_NOT_FOUND, "No such case.");
  }
  return row;
}

absl::Status SaveCase(kv::Txn& txn, CaseRow& row, absl::Time now) {
  v1::Case& c = *row.mutable_case_();
  *c.mutable_update_time() = ToTimestamp(now);
  c.set_etag(absl::StrCat(txn.revision()));
  txn.Announce(kCaseTopic, c.case_id());
  const Packed packed(row);
  return Cases().Put(txn, row);
}

std::string NotificationSubject(const v1::Notification& notification) {
  return absl::StrCat(notification.account_id(), "/", notification.notification_id());
}

}  // namespace eid::approval
