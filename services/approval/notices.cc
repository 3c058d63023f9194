// SPDX-License-Identifier: Apache-2.0
#include "services/approval/notices.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/calendar/calendar.h"
#include "common/clock/timestamp.h"
#include "common/codes/contact.h"
#include "eid/policy/v1/policy.pb.h"
#include "services/approval/dossier_fields.h"

namespace eid::approval {
namespace {

using type::v1::LocalizedText;

// What stands in the other language too, if only one is there.
const std::string& EnglishOf(const LocalizedText& text) {
  return text.en().empty() ? text.vi() : text.en();
}

LocalizedText Text(std::string vi, std::string en) {
  LocalizedText text;
  text.set_vi(std::move(vi));
  text.set_en(std::move(en));
  return text;
}

}  // namespace

LocalizedText SupplementText(const v1::Case& case_) {
  const org_registration::v1::SupplementRequest& request = case_.supplement_request();
  const std::string until = absl::FormatTime("%H:%M %d/%m/%Y", FromTimestamp(request.expire_time()),
                                             calendar::VietnamTimeZone());
  LocalizedText text =
      Text(absl::StrCat("Hồ sơ ", case_.file_code(), " cần bổ sung trước ", until, ":"),
           absl::StrCat("File ", case_.file_code(), " needs corrections by ", until, " (UTC+7):"));
  for (int i = 0; i < request.items_size(); ++i) {
    const auto& item = request.items(i);
    const DossierField* field = FindDossierField(item.field());
    absl::StrAppend(text.mutable_vi(), "\n", i + 1, ". ",
                    field != nullptr ? field->vi : absl::string_view(item.field()), ": ",
                    item.message().vi());
    absl::StrAppend(text.mutable_en(), "\n", i + 1, ". ",
                    field != nullptr ? field->en : absl::string_view(item.field()), ": ",
                    EnglishOf(item.message()));
  }
  return text;
}

LocalizedText ApprovalText(const v1::Case& case_, int activation_days) {
  return Text(
      absl::StrCat("Hồ sơ ", case_.file_code(),
                   " đã được phê duyệt. Vui lòng kích hoạt tài khoản định danh điện tử của tổ chức "
                   "trên ứng dụng trong vòng ",
                   activation_days, " ngày kể từ ngày nhận được thông báo này."),
      absl::StrCat("File ", case_.file_code(),
                   " was approved. Please activate the organization's e-ID account in the app "
                   "within ",
                   activation_days, " days of receiving this notice."));
}

LocalizedText RefusalText(const v1::Case& case_) {
  const v1::Decision& decision = case_.decision();
  return Text(absl::StrCat("Hồ sơ ", case_.file_code(), " bị từ chối. Lý do: ",
                           decision.refusal_text().vi(), " ", decision.explanation().vi()),
              absl::StrCat("File ", case_.file_code(), " was refused. Reason: ",
                           decision.refusal_text().en(), " ", EnglishOf(decision.explanation())));
}

LocalizedText TextOf(v1::RefusalReason reason) {
  const auto* value = v1::RefusalReason_descriptor()->FindValueByNumber(reason);
  if (value == nullptr) return {};
  const policy::v1::Text& text = value->options().GetExtension(policy::v1::text);
  return Text(text.vi(), text.en());
}

std::vector<delivery::v1::DeliverRequest> MessagesFor(const v1::Notification& notification,
                                                      const dossier::v1::Contact& contact) {
  std::vector<delivery::v1::DeliverRequest> messages;
  const std::string body = Shorten(notification.text().vi(), kMaxMessageLength);
  if (const std::optional<std::string> phone = codes::NormalisePhone(contact.phone())) {
    delivery::v1::DeliverRequest& sms = messages.emplace_back();
    sms.set_message_id(absl::StrCat(notification.notification_id(), ".sms"));
    sms.set_channel(delivery::v1::CHANNEL_SMS);
    sms.set_address(*phone);
    sms.set_body(body);
  }
  if (const std::optional<std::string> email = codes::NormaliseEmail(contact.email())) {
    delivery::v1::DeliverRequest& mail = messages.emplace_back();
    mail.set_message_id(absl::StrCat(notification.notification_id(), ".email"));
    mail.set_channel(delivery::v1::CHANNEL_EMAIL);
    mail.set_address(*email);
    mail.set_subject(absl::StrCat("Thông báo về hồ sơ ", notification.file_code()));
    mail.set_body(body);
  }
  return messages;
}

absl::string_view NotificationIdOf(absl::string_view message_id) {
  return message_id.substr(0, message_id.rfind('.'));
}

std::string Shorten(absl::string_view text, size_t max) {
  constexpr absl::string_view kEllipsis = "…";
  size_t characters = 0;
  // Where the text is cut if it turns out too long: before its `max`-th character.
  size_t cut = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (++characters == max) cut = i;
    if (characters > max) return absl::StrCat(text.substr(0, cut), kEllipsis);
  }
  return std::string(text);
}

}  // namespace eid::approval
