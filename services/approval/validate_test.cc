// SPDX-License-Identifier: Apache-2.0
#include "services/approval/validate.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"
#include "services/approval/dossier_fields.h"
#include "services/approval/notices.h"
#include "services/approval/testing/world.h"

namespace eid::approval {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1740967200);

std::set<std::string> FieldsOf(const absl::Status& status) {
  std::set<std::string> fields;
  if (const auto request = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : request->field_violations()) fields.insert(violation.field());
  }
  return fields;
}

TEST_CASE("EnsureCase: what is wrong with each field") {
  using Request = v1::EnsureCaseRequest;
  struct Row {
    std::string field;
    std::function<void(Request&)> spoil;
  };
  const std::vector<Row> rows = {
      {"case_id", [](Request& r) { r.clear_case_id(); }},
      {"case_id", [](Request& r) { r.set_case_id(std::string(65, 'x')); }},
      {"submission_number", [](Request& r) { r.set_submission_number(0); }},
      {"file_code", [](Request& r) { r.set_file_code("1"); }},
      {"dossier", [](Request& r) { r.clear_dossier(); }},
      {"dossier_digest", [](Request& r) { r.set_dossier_digest("short"); }},
      {"dossier_digest", [](Request& r) { r.mutable_dossier()->set_tax_code("0100233488"); }},
      {"verification", [](Request& r) { r.clear_verification(); }},
      {"verification.state",
       [](Request& r) {
         r.mutable_verification()->set_state(verification::v1::Verification::STATE_IN_PROGRESS);
       }},
      {"verification.result", [](Request& r) { r.mutable_verification()->clear_result(); }},
      {"verification.deadline_class",
       [](Request& r) { r.mutable_verification()->clear_deadline_class(); }},
      {"verification.dossier_digest",
       [](Request& r) { r.mutable_verification()->set_dossier_digest(std::string(32, 'x')); }},
      {"applicant_account_id", [](Request& r) { r.clear_applicant_account_id(); }},
      {"consenting_account_ids[1]", [](Request& r) { r.add_consenting_account_ids(""); }},
      {"consenting_account_ids",
       [](Request& r) {
         for (int i = 0; i < 21; ++i) r.add_consenting_account_ids("x");
       }},
      {"receive_time", [](Request& r) { r.clear_receive_time(); }},
      {"receive_time", [](Request& r) { r.mutable_receive_time()->set_nanos(-1); }},
      {"receive_time",
       [](Request& r) { *r.mutable_receive_time() = ToTimestamp(kNow + absl::Minutes(6)); }},
  };
  REQUIRE_OK(Validate(testing::Submission("case-1", kNow), kNow));
  for (const Row& row : rows) {
    INFO(row.field);
    Request request = testing::Submission("case-1", kNow);
    row.spoil(request);
    CHECK(FieldsOf(Validate(request, kNow)).count(row.field) == 1);
  }
  CHECK(FieldsOf(Validate(Request(), kNow)).size() >= 6);
}

TEST_CASE("decisions and supplement requests: what is wrong with each field") {
  v1::RequestSupplementRequest supplement;
  CHECK(FieldsOf(Validate(supplement)) ==
        std::set<std::string>{"request_id", "case_id", "etag", "items"});
  supplement.set_request_id("r");
  supplement.set_case_id("c");
  supplement.set_etag("1");
  for (const char* field : {"names", "names", "tax_number", ""}) {
    auto& item = *supplement.add_items();
    item.set_field(field);
    item.mutable_message()->set_vi("Sai.");
  }
  supplement.mutable_items(0)->clear_message();
  CHECK(FieldsOf(Validate(supplement)) == std::set<std::string>{"items[0].message.vi",
                                                                "items[1].field", "items[2].field",
                                                                "items[3].field"});
  while (supplement.items_size() <= kMaxSupplementItems) supplement.add_items();
  CHECK(FieldsOf(Validate(supplement)) == std::set<std::string>{"items"});

  v1::ApproveCaseRequest approve;
  approve.set_case_id("c");
  approve.set_etag("1");
  CHECK(FieldsOf(Validate(approve)) == std::set<std::string>{"request_id"});
  approve.set_validate_only(true);
  CHECK_OK(Validate(approve));
  approve.set_note(std::string(2'000, 'x'));
  CHECK_OK(Validate(approve));
  approve.set_note(std::string(2'001, 'x'));
  CHECK(FieldsOf(Validate(approve)) == std::set<std::string>{"note"});

  v1::RejectCaseRequest reject;
  CHECK(FieldsOf(Validate(reject)) ==
        std::set<std::string>{"request_id", "case_id", "etag", "reason", "explanation.vi"});
  reject.set_reason(static_cast<v1::RefusalReason>(99));
  CHECK(FieldsOf(Validate(reject)).count("reason") == 1);

  v1::ListCasesRequest list;
  CHECK_OK(Validate(list));
  list.set_state(static_cast<v1::Case::State>(99));
  list.mutable_due_before_time()->set_seconds(1'000'000'000'000);
  CHECK(FieldsOf(Validate(list)) == std::set<std::string>{"state", "due_before_time"});
}

TEST_CASE("the fields that may be sent back are those of the contract") {
  std::set<std::string> expected;
  for (int i = 0; i < dossier::v1::Dossier::descriptor()->field_count(); ++i) {
    const auto* field = dossier::v1::Dossier::descriptor()->field(i);
    expected.insert(field->name());
    const bool whole = field->is_repeated() || field->message_type() == nullptr ||
                       field->message_type()->full_name() == "google.type.Date";
    if (whole) continue;
    for (int j = 0; j < field->message_type()->field_count(); ++j)
      expected.insert(field->name() + "." + field->message_type()->field(j)->name());
  }
  std::set<std::string> actual;
  for (const DossierField& field : DossierFields()) {
    actual.insert(std::string(field.path));
    CHECK_FALSE(field.vi.empty());
    CHECK_FALSE(field.en.empty());
  }
  CHECK(actual == expected);
}

TEST_CASE("texts to applicants") {
  v1::Case c;
  c.set_file_code("G01.899-250303-0001");
  const auto approved = ApprovalText(c, 7);
  CHECK_THAT(approved.vi(), Catch::Contains("G01.899-250303-0001"));
  CHECK_THAT(approved.vi(), Catch::Contains("7 ngày"));
  CHECK_THAT(approved.en(), Catch::Contains("7 days"));

  // Every reason has its words.
  for (int reason = v1::RefusalReason_MIN + 1; reason <= v1::RefusalReason_MAX; ++reason) {
    CHECK_FALSE(TextOf(static_cast<v1::RefusalReason>(reason)).vi().empty());
    CHECK_FALSE(TextOf(static_cast<v1::RefusalReason>(reason)).en().empty());
  }
  *c.mutable_decision()->mutable_refusal_text() = TextOf(v1::REFUSAL_REASON_ORGANIZATION_DISSOLVED);
  c.mutable_decision()->mutable_explanation()->set_vi("Đã giải thể ngày 01/02/2025.");
  CHECK(RefusalText(c).vi() ==
        "Hồ sơ G01.899-250303-0001 bị từ chối. Lý do: Tổ chức đã giải thể hoặc chấm dứt hoạt "
        "động. Đã giải thể ngày 01/02/2025.");
  CHECK_THAT(RefusalText(c).en(), Catch::Contains("Đã giải thể"));

  auto& item = *c.mutable_supplement_request()->add_items();
  item.set_field("names.vietnamese");
  item.mutable_message()->set_vi("Thiếu dấu.");
  item.mutable_message()->set_en("Diacritics are missing.");
  CHECK_THAT(SupplementText(c).vi(), Catch::Contains("1. Tên tiếng Việt: Thiếu dấu."));
  CHECK_THAT(SupplementText(c).en(),
             Catch::Contains("1. Vietnamese name: Diacritics are missing."));
}

TEST_CASE("messages to the carrier: to the phone, and to the e-mail if there is one") {
  v1::Notification notification;
  notification.set_notification_id("n-1");
  notification.set_file_code("F");
  notification.mutable_text()->set_vi("Xin chào");
  dossier::v1::Contact contact;
  contact.set_phone("0912345678");
  REQUIRE(MessagesFor(notification, contact).size() == 1);
  contact.set_email("a@B.vn");
  const auto messages = MessagesFor(notification, contact);
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].message_id() == "n-1.sms");
  CHECK(messages[0].address() == "+84912345678");
  CHECK(messages[0].subject().empty());
  CHECK(messages[1].message_id() == "n-1.email");
  CHECK(messages[1].address() == "a@b.vn");
  CHECK_FALSE(messages[1].subject().empty());
  CHECK(NotificationIdOf(messages[0].message_id()) == "n-1");
  CHECK(NotificationIdOf(messages[1].message_id()) == "n-1");
  contact.set_phone("nonsense");
  CHECK(MessagesFor(notification, contact).size() == 1);
}

TEST_CASE("long texts are cut at a character, not within one") {
  CHECK(Shorten("ăâê", 3) == "ăâê");
  CHECK(Shorten("ăâêô", 3) == "ăâ…");
  CHECK(Shorten("", 3).empty());
}

}  // namespace
}  // namespace eid::approval
