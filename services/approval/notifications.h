// SPDX-License-Identifier: Apache-2.0
// Notifications: written in the commit of what they tell of, sent by the outbox, read by their
// persons alone. Knows no gRPC.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/kv/feed.h"
#include "common/outbox/outbox.h"
#include "common/rpc/call.h"
#include "eid/approval/v1/case.pb.h"
#include "eid/approval/v1/notification_service.pb.h"

namespace eid::approval {

// What is told, before it is written.
struct Notice {
  // Chosen by the writer; unique.
  std::string notification_id;
  v1::NotificationKind kind = v1::NOTIFICATION_KIND_UNSPECIFIED;
  type::v1::LocalizedText text;
};

// Writes the notice to the case's applicant, and its messages to the dossier's contact into the
// outbox; all in the caller's transaction.
absl::Status WriteNotice(kv::Txn& txn, const outbox::Outbox& outbox, const v1::Case& case_,
                         const Notice& notice);

// The outbox's on_sent: the carrier took a message; the first of a notification sets its send_time.
absl::Status MarkSent(kv::Txn& txn, absl::string_view message_id);

// The operations of NotificationService. Thread-safe.
class NotificationBox {
 public:
  // Both outlive this.
  NotificationBox(kv::Database& database, const Clock& clock)
      : database_(database), clock_(clock) {}

  // The caller's own, newest first.
  absl::StatusOr<v1::ListNotificationsResponse> List(
      const rpc::Call& call, const v1::ListNotificationsRequest& request) const;

  // NOT_FOUND NOTIFICATION_NOT_FOUND also for another person's.
  void MarkRead(const rpc::Call& call, const v1::MarkNotificationReadRequest& request,
                std::function<void(absl::StatusOr<v1::Notification>)> reply) const;

  // For a watch by `account_id`: where it begins, what an entry of the feed is to it, and what a
  // heartbeat says.
  absl::StatusOr<uint64_t> WatchFrom(absl::string_view account_id,
                                     absl::string_view resume_token) const;
  absl::StatusOr<std::optional<v1::NotificationEvent>> EventOf(absl::string_view account_id,
                                                               const kv::FeedEntry& entry,
                                                               uint64_t resume) const;
  v1::NotificationEvent Heartbeat(absl::string_view account_id, uint64_t revision) const;

 private:
  kv::Database& database_;
  const Clock& clock_;
};

}  // namespace eid::approval
