// SPDX-License-Identifier: Apache-2.0
#include "services/verification/remedy.h"

#include "absl/strings/str_replace.h"

namespace eid::verification {
namespace {

struct Sentence {
  // "{keeper}" is whoever keeps the register.
  const char* vi;
  const char* en;
};

Sentence SentenceOf(v1::VerdictReason reason) {
  switch (reason) {
    case v1::VERDICT_REASON_VALUE_DIFFERS:
      return {
          "Kiểm tra lại thông tin đã khai và sửa cho đúng. Nếu thông tin đã khai là đúng, đề nghị "
          "{keeper} cập nhật dữ liệu, rồi nộp lại.",
          "Check the declared value and correct it. If it is right, have {keeper} update the "
          "record, then submit again."};
    case v1::VERDICT_REASON_NAME_DIACRITIC_ONLY:
      return {
          "Kiểm tra lại dấu tiếng Việt trong tên đã khai. Nếu tên đã khai là đúng, đề nghị "
          "{keeper} "
          "sửa dữ liệu, rồi nộp lại.",
          "Check the diacritics of the declared name. If it is right, have {keeper} correct the "
          "record, then submit again."};
    case v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS:
      return {
          "Người đại diện theo pháp luật có trong đăng ký phải đứng tên hồ sơ. Nếu đã thay đổi "
          "người "
          "đại diện, đăng ký thay đổi tại {keeper} trước, rồi nộp lại.",
          "The file must be in the name of a representative whom the register names. If the "
          "representative has changed, register the change with {keeper} first, then submit "
          "again."};
    case v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT:
      return {
          "Đề nghị {keeper} cập nhật số định danh cá nhân của người đại diện thay cho giấy tờ cũ, "
          "rồi nộp lại.",
          "Have {keeper} update the register: the representative's personal ID number in the place "
          "of the old document; then submit again."};
    case v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS:
      return {
          "Không phải sửa hồ sơ. Nên đề nghị {keeper} cập nhật địa chỉ theo đơn vị hành chính từ "
          "ngày 01/7/2025.",
          "Nothing to correct in the file. Have {keeper} update the address to the administrative "
          "units in force since 2025-07-01 when convenient."};
    case v1::VERDICT_REASON_ORGANIZATION_DISSOLVED:
      return {
          "Tổ chức đã giải thể hoặc chấm dứt hoạt động không được cấp tài khoản. Nếu dữ liệu chưa "
          "đúng, đề nghị {keeper} cập nhật, rồi nộp lại.",
          "An organization that was dissolved or has ceased gets no account. If the record is "
          "wrong, "
          "have {keeper} correct it, then submit again."};
    case v1::VERDICT_REASON_REPRESENTATIVES_MISSING:
      return {
          "Khai đủ mọi người đại diện theo pháp luật có trong đăng ký và có sự đồng ý của họ (Nghị "
          "định 69/2024/NĐ-CP, Điều 12), hoặc đăng ký thay đổi tại {keeper} trước, rồi nộp lại.",
          "Name all legal representatives in the register and have their consent (Decree 69/2024 "
          "Art. 12), or register the change with {keeper} first, then submit again."};
    case v1::VERDICT_REASON_PERSON_NOT_ACTIVE:
      return {
          "Người đại diện liên hệ {keeper} để kiểm tra tình trạng số định danh cá nhân. Nếu người "
          "đại "
          "diện đã thay đổi, đăng ký thay đổi trước, rồi nộp lại.",
          "Have the state of the person's number checked by {keeper}. If the representative has "
          "changed, register the change first, then submit again."};
    case v1::VERDICT_REASON_RECORD_NOT_FOUND:
      return {"Kiểm tra lại số đã khai. Nếu số đã khai là đúng, đề nghị {keeper} bổ sung dữ liệu.",
              "Check the declared number. If it is right, have {keeper} add the record."};
    default: return {"", ""};
  }
}

Sentence NameOf(Keeper keeper) {
  switch (keeper) {
    case Keeper::kPopulation: return {"công an cấp xã nơi cư trú", "the police of the commune"};
    case Keeper::kBusinessRegister:
      return {"cơ quan đăng ký kinh doanh", "the business registration office"};
    case Keeper::kSpecialised:
      return {"cơ quan quản lý cơ sở dữ liệu chuyên ngành", "the body that keeps the database"};
  }
  return {"", ""};
}

}  // namespace

type::v1::LocalizedText Remedy(v1::VerdictReason reason, Keeper keeper) {
  const Sentence sentence = SentenceOf(reason);
  const Sentence name = NameOf(keeper);
  type::v1::LocalizedText text;
  text.set_vi(absl::StrReplaceAll(sentence.vi, {{"{keeper}", name.vi}}));
  text.set_en(absl::StrReplaceAll(sentence.en, {{"{keeper}", name.en}}));
  return text;
}

}  // namespace eid::verification
