// SPDX-License-Identifier: Apache-2.0
#include "services/identity/messages.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"
#include "common/clock/timestamp.h"
#include "common/status/macros.h"
#include "services/identity/store.h"

namespace eid::identity {
namespace {

absl::Status Enqueue(kv::Txn& txn, const outbox::Outbox& outbox, const OutgoingMessage& message) {
  return outbox.Enqueue(
      txn, {.message_id = message.message_id(),
            .payload = message.SerializeAsString(),
            .expire_time = message.has_expire_time() ? FromTimestamp(message.expire_time())
                                                     : absl::InfiniteFuture()});
}

// `message_id`: never given to another message.
absl::Status EnqueueWindow(kv::Txn& txn, const outbox::Outbox& outbox, const v1::Account& account,
                           const std::string& message_id) {
  OutgoingMessage message;
  message.set_message_id(message_id);
  message.set_kind(OutgoingMessage::KIND_GRANT);
  message.set_account_id(account.account_id());
  *message.mutable_expire_time() = account.activation_expire_time();
  return Enqueue(txn, outbox, message);
}

std::string CodeText(absl::string_view code) {
  return absl::StrCat("Mã xác thực định danh điện tử của bạn là ", code,
                      ", có hiệu lực trong 3 phút. Không cung cấp mã này cho bất kỳ ai.");
}

// The last day of the window: it ends at 24:00.
std::string GrantText(const v1::Account& account) {
  const absl::CivilDay last =
      calendar::DayOf(FromTimestamp(account.activation_expire_time()) - absl::Seconds(1));
  return absl::StrCat(
      "Tài khoản định danh điện tử mức độ 02 của bạn đã được cấp. Vui lòng kích hoạt trên ứng dụng "
      "đến hết ngày ",
      absl::FormatCivilTime(last).substr(8, 2), "/", absl::FormatCivilTime(last).substr(5, 2), "/",
      last.year(), ". Quá thời hạn, vui lòng liên hệ tổng đài 1900.0368.");
}

}  // namespace

absl::Status EnqueueCode(kv::Txn& txn, const outbox::Outbox& outbox,
                         const ChallengeRow& challenge) {
  OutgoingMessage message;
  message.set_message_id(absl::StrCat("identity-code-", challenge.challenge_id()));
  message.set_kind(OutgoingMessage::KIND_CODE);
  message.set_account_id(challenge.account_id());
  message.set_challenge_id(challenge.challenge_id());
  *message.mutable_expire_time() = challenge.expire_time();
  return Enqueue(txn, outbox, message);
}

absl::Status EnqueueGrant(kv::Txn& txn, const outbox::Outbox& outbox, const v1::Account& account) {
  return EnqueueWindow(txn, outbox, account, absl::StrCat("identity-grant-", account.account_id()));
}

absl::Status EnqueueReopening(kv::Txn& txn, const outbox::Outbox& outbox,
                              const v1::Account& account) {
  return EnqueueWindow(txn, outbox, account,
                       absl::StrCat("identity-grant-", account.account_id(), "-", account.etag()));
}

absl::StatusOr<delivery::v1::DeliverRequest> Render(const OutgoingMessage& message,
                                                    const kv::Reader& reader,
                                                    const Secrets& secrets) {
  ASSIGN_OR_RETURN(const std::optional<AccountRow> row, FindAccount(reader, message.account_id()));
  if (!row.has_value() || row->account().phone().empty()) {
    return absl::InvalidArgumentError("there is nobody to send this message to");
  }
  delivery::v1::DeliverRequest request;
  request.set_message_id(message.message_id());
  request.set_channel(delivery::v1::CHANNEL_SMS);
  request.set_address(row->account().phone());
  *request.mutable_expire_time() = message.expire_time();
  switch (message.kind()) {
    case OutgoingMessage::KIND_CODE:
      request.set_body(CodeText(secrets.CodeOf(message.challenge_id())));
      return request;
    case OutgoingMessage::KIND_GRANT: request.set_body(GrantText(row->account())); return request;
    default: return absl::InvalidArgumentError("a message of an unknown kind");
  }
}

outbox::Sender SenderTo(Carrier& carrier, const kv::Database& database, const Secrets& secrets) {
  return [&](const std::string& payload, outbox::Done done) {
    OutgoingMessage message;
    if (!message.ParseFromString(payload)) {
      return done(absl::InvalidArgumentError("the message cannot be read"));
    }
    auto request = Render(message, *database.Read(), secrets);
    if (!request.ok()) return done(request.status());
    carrier.Deliver(*std::move(request), std::move(done));
  };
}

}  // namespace eid::identity
