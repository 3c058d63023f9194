// SPDX-License-Identifier: Apache-2.0
#include "common/codes/secrets.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "common/codes/characters.h"
#include "common/text/utf8.h"
#include "common/text/vietnamese.h"

namespace eid::codes {
namespace {

constexpr absl::string_view kSpecial = "!@#$^*()_";

// Passwords with all four classes that lead the lists of what attackers try, in lower case. The
// throttle of the log-in does the rest of the work.
constexpr absl::string_view kCommon[] = {
    "password1!",  "password@1",  "password1@",   "password123!",  "password@123", "password123@",
    "passw0rd!",   "p@ssw0rd",    "p@ssw0rd1",    "p@ssw0rd123",   "p@ssword1",    "p@ssword123",
    "pa$$w0rd",    "pa$$word1",   "abc@1234",     "abc@12345",     "abc@123456",   "abcd@1234",
    "abcd1234@",   "abc123456@",  "abc12345@",    "abc123!@#",     "abcd123!@#",   "abc12345!",
    "aa123456@",   "aa@123456",   "aa12345@",     "a123456@",      "a@123456",     "a@1234567",
    "a12345678@",  "a@12345678",  "a123456789@",  "aa123456!",     "asd@1234",     "asdf@1234",
    "asd123!@#",   "qwe123!@#",   "qwe@1234",     "qwe@12345",     "qwer@1234",    "qwer1234@",
    "qwerty@123",  "qwerty123@",  "qwerty123!",   "qwerty1!",      "qwerty@1234",  "1qaz@wsx",
    "1qaz!qaz",    "1q2w3e4r@",   "1q2w3e4r!",    "q1w2e3r4@",     "zaq1@wsx",     "zaq!2wsx",
    "zxc@1234",    "zxcv@1234",   "admin@123",    "admin@1234",    "admin123@",    "admin123!",
    "admin@2024",  "admin@2025",  "admin@2026",   "welcome1!",     "welcome@1",    "welcome@123",
    "welcome123!", "iloveyou1!",  "iloveyou@1",   "letmein1!",     "vneid@123",    "vneid@1234",
    "vneid@2024",  "vneid@2025",  "vneid@2026",   "vneid123@",     "vietnam@123",  "vietnam@1",
    "vietnam123@", "vietnam1@",   "vietnam@1234", "vietnam@2025",  "vietnam@2026", "vietnam1945@",
    "hanoi@123",   "hanoi@1234",  "hanoi123@",    "saigon@123",    "saigon123@",   "hcm@1234",
    "hcm@12345",   "matkhau@123", "matkhau123@",  "matkhau@1",     "matkhau1@",    "congan@123",
    "congan123@",  "congty@123",  "congty123@",   "doanhnghiep@1", "khong@123",    "khongbiet@1",
    "anhyeuem@1",  "anhyeuem1@",  "emyeuanh@1",   "yeuem@123",     "test@123",     "test@1234",
    "test123!",    "user@123",    "user@1234",
};

struct Classes {
  bool digit = false;
  bool upper = false;
  bool lower = false;
  bool special = false;
};

Classes ClassesOf(absl::string_view value) {
  Classes classes;
  for (const char c : value) {
    classes.digit |= absl::ascii_isdigit(c);
    classes.upper |= absl::ascii_isupper(c);
    classes.lower |= absl::ascii_islower(c);
    classes.special |= kSpecial.find(c) != absl::string_view::npos;
  }
  return classes;
}

bool IsCommon(absl::string_view value) {
  const std::string lower = absl::AsciiStrToLower(value);
  return std::find(std::begin(kCommon), std::end(kCommon), absl::string_view(lower)) !=
         std::end(kCommon);
}

// Each digit follows the one before by `step`, 9 and 0 being neighbours as on a keypad.
bool IsRun(absl::string_view digits, int step) {
  for (size_t i = 1; i < digits.size(); ++i) {
    if ((digits[i - 1] - '0' + step + 10) % 10 != digits[i] - '0') return false;
  }
  return true;
}

CodeError Error(policy::v1::FieldReason reason, const char* description) {
  return {reason, description};
}

}  // namespace

std::optional<CodeError> CheckPassword(absl::string_view value) {
  if (value.empty()) return Error(policy::v1::FIELD_REASON_REQUIRED, "A password is required.");
  // Four bytes at most for each character, and room for marks that composing takes away.
  if (value.size() > kMaxPasswordCharacters * 16) {
    return Error(policy::v1::FIELD_REASON_TOO_LONG, "A password has at most 64 characters.");
  }
  const std::string composed = text::ComposeNfc(value);
  const std::u32string characters = text::DecodeUtf8(composed);
  if (!text::IsValidUtf8(value) ||
      std::any_of(characters.begin(), characters.end(), text::IsControl)) {
    return Error(policy::v1::FIELD_REASON_BAD_CHARACTERS, "A password has no control characters.");
  }
  if (characters.size() < kMinPasswordCharacters) {
    return Error(policy::v1::FIELD_REASON_TOO_SHORT, "A password has at least 8 characters.");
  }
  if (characters.size() > kMaxPasswordCharacters) {
    return Error(policy::v1::FIELD_REASON_TOO_LONG, "A password has at most 64 characters.");
  }
  const Classes classes = ClassesOf(composed);
  if (!(classes.digit && classes.upper && classes.lower && classes.special)) {
    return Error(
        policy::v1::FIELD_REASON_MALFORMED,
        "A password has a digit, an upper-case and a lower-case letter and one of !@#$^*()_.");
  }
  if (IsCommon(composed)) {
    return Error(policy::v1::FIELD_REASON_NOT_ALLOWED,
                 "This password is one of those that are tried first.");
  }
  return std::nullopt;
}

std::optional<CodeError> CheckPasscode(absl::string_view value) {
  if (value.empty()) return Error(policy::v1::FIELD_REASON_REQUIRED, "A passcode is required.");
  if (value.size() != 6 || !AllDigits(value)) {
    return Error(policy::v1::FIELD_REASON_MALFORMED, "A passcode has 6 digits.");
  }
  if (IsRun(value, 0) || IsRun(value, 1) || IsRun(value, -1)) {
    return Error(policy::v1::FIELD_REASON_NOT_ALLOWED,
                 "A passcode is neither one digit six times nor a run of digits.");
  }
  return std::nullopt;
}

}  // namespace eid::codes
