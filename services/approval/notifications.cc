// SPDX-License-Identifier: Apache-2.0
#include "services/approval/notifications.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/kv/page.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/approval/v1/errors.pb.h"
#include "services/approval/notices.h"
#include "services/approval/store.h"
#include "services/approval/validate.h"

namespace eid::approval {
namespace {

std::string StreamOf(absl::string_view account_id) {
  return kv::KeyOf("WatchNotifications", account_id);
}

absl::Status NoSuchNotification() {
  return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOTIFICATION_NOT_FOUND,
               "No such notification.");
}

}  // namespace

absl::Status WriteNotice(kv::Txn& txn, const outbox::Outbox& outbox, const v1::Case& case_,
                         const Notice& notice) {
  NotificationRow row;
  v1::Notification& notification = *row.mutable_notification();
  notification.set_notification_id(notice.notification_id);
  notification.set_account_id(case_.applicant_account_id());
  notification.set_kind(notice.kind);
  notification.set_case_id(case_.case_id());
  notification.set_file_code(case_.file_code());
  *notification.mutable_text() = notice.text;
  *notification.mutable_create_time() = ToTimestamp(txn.time());
  RETURN_IF_ERROR(Notifications().Insert(txn, row));
  txn.Announce(kNotificationTopic, NotificationSubject(notification));
  for (const auto& message : MessagesFor(notification, case_.dossier().contact())) {
    RETURN_IF_ERROR(outbox.Enqueue(
        txn, {.message_id = message.message_id(), .payload = message.SerializeAsString()}));
  }
  return absl::OkStatus();
}

absl::Status MarkSent(kv::Txn& txn, absl::string_view message_id) {
  absl::StatusOr<NotificationRow> row =
      Notifications().Get(txn, kv::KeyOf(NotificationIdOf(message_id)));
  RETURN_IF_ERROR(row.status());
  if (row->notification().has_send_time()) return absl::OkStatus();
  *row->mutable_notification()->mutable_send_time() = ToTimestamp(txn.time());
  return Notifications().Update(txn, *row);
}

absl::StatusOr<v1::ListNotificationsResponse> NotificationBox::List(
    const rpc::Call& call, const v1::ListNotificationsRequest& request) const {
  ASSIGN_OR_RETURN(const size_t size, kv::PageSize(request.page_size()));
  const std::string query =
      kv::KeyOf("ListNotifications", call.account_id(), request.unread_only());
  ASSIGN_OR_RETURN(const std::string position,
                   kv::ParsePageToken(database_.page_key(), query, request.page_token()));
  const std::unique_ptr<kv::Reader> reader = database_.Read();
  ASSIGN_OR_RETURN(
      const kv::RowPage<NotificationRow> page,
      Notifications().Page(*reader,
                           {.index = request.unread_only() ? kByAccountUnread : kByAccount,
                            .prefix = kv::KeyOf(call.account_id()),
                            .after = position},
                           size));
  v1::ListNotificationsResponse response;
  for (const NotificationRow& row : page.rows) *response.add_notifications() = row.notification();
  response.set_next_page_token(kv::MakePageToken(database_.page_key(), query, page.next_position));
  return response;
}

void NotificationBox::MarkRead(const rpc::Call& call,
                               const v1::MarkNotificationReadRequest& request,
                               std::function<void(absl::StatusOr<v1::Notification>)> reply) const {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  // Marking again changes nothing: it needs no request id.
  kv::Mutate<v1::Notification>(
      database_, {},
      [account_id = std::string(call.account_id()), id = request.notification_id(),
       now = clock_.TimeNow()](kv::Txn& txn) -> absl::StatusOr<v1::Notification> {
        absl::StatusOr<NotificationRow> row = Notifications().Get(txn, kv::KeyOf(id));
        if (absl::IsNotFound(row.status())) return NoSuchNotification();
        RETURN_IF_ERROR(row.status());
        v1::Notification& notification = *row->mutable_notification();
        if (notification.account_id() != account_id) return NoSuchNotification();
        if (!notification.has_read_time()) {
          *notification.mutable_read_time() = ToTimestamp(now);
          RETURN_IF_ERROR(Notifications().Update(txn, *row));
        }
        return notification;
      },
      std::move(reply), call.deadline);
}

absl::StatusOr<uint64_t> NotificationBox::WatchFrom(absl::string_view account_id,
                                                    absl::string_view resume_token) const {
  if (resume_token.empty()) return database_.revision();
  return kv::ParseResumeToken(database_.page_key(), StreamOf(account_id), resume_token);
}

absl::StatusOr<std::optional<v1::NotificationEvent>> NotificationBox::EventOf(
    absl::string_view account_id, const kv::FeedEntry& entry, uint64_t resume) const {
  const std::string mine = absl::StrCat(account_id, "/");
  if (entry.topic != kNotificationTopic || !absl::StartsWith(entry.subject_id, mine))
    return std::nullopt;
  ASSIGN_OR_RETURN(
      const NotificationRow row,
      Notifications().Get(*database_.Read(), kv::KeyOf(entry.subject_id.substr(mine.size()))));
  v1::NotificationEvent event = Heartbeat(account_id, resume);
  *event.mutable_notification() = row.notification();
  return event;
}

v1::NotificationEvent NotificationBox::Heartbeat(absl::string_view account_id,
                                                 uint64_t revision) const {
  v1::NotificationEvent event;
  event.set_resume_token(kv::MakeResumeToken(database_.page_key(), StreamOf(account_id), revision));
  return event;
}

}  // namespace eid::approval
