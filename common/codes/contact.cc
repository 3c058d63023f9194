// SPDX-License-Identifier: Apache-2.0
#include "common/codes/contact.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/codes/characters.h"

namespace eid::codes {
namespace {

constexpr size_t kMaxEmail = 254;
constexpr size_t kMaxLocalPart = 64;
constexpr size_t kMaxLabel = 63;

// The number without its 0 or +84; nullopt if it has neither or holds anything but digits.
std::optional<absl::string_view> NationalDigits(absl::string_view value) {
  if (absl::StartsWith(value, "+84")) {
    value.remove_prefix(3);
  } else if (absl::StartsWith(value, "0")) {
    value.remove_prefix(1);
  } else {
    return std::nullopt;
  }
  if (!AllDigits(value)) return std::nullopt;
  return value;
}

bool IsMobile(absl::string_view national) {
  return national.size() == 9 &&
         absl::string_view("35789").find(national[0]) != absl::string_view::npos;
}

bool IsLandline(absl::string_view national) { return national.size() == 10 && national[0] == '2'; }

bool IsLocalCharacter(char c) {
  return absl::ascii_isalnum(c) ||
         absl::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != absl::string_view::npos;
}

bool IsLocalPart(absl::string_view local) {
  return !local.empty() && local.size() <= kMaxLocalPart && local.front() != '.' &&
         local.back() != '.' && !absl::StrContains(local, "..") &&
         std::all_of(local.begin(), local.end(), IsLocalCharacter);
}

bool IsLabel(absl::string_view label) {
  const auto right = [](char c) { return absl::ascii_isalnum(c) || c == '-'; };
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), right);
}

bool IsDomain(absl::string_view domain) {
  const std::vector<absl::string_view> labels = absl::StrSplit(domain, '.');
  return labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), IsLabel) &&
         labels.back().size() >= 2 && !AllDigits(labels.back());
}

bool IsEmail(absl::string_view value) {
  const size_t at = value.rfind('@');
  return at != absl::string_view::npos && IsLocalPart(value.substr(0, at)) &&
         IsDomain(value.substr(at + 1));
}

}  // namespace

std::optional<CodeError> CheckPhone(absl::string_view value) {
  if (value.empty())
    return CodeError{policy::v1::FIELD_REASON_REQUIRED, "A phone number is required."};
  if (NormalisePhone(value).has_value()) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_MALFORMED,
                   "A phone number is a Vietnamese mobile number of 10 digits or a landline number "
                   "of 11 digits, or "
                   "either with +84 in the place of the first 0."};
}

std::optional<CodeError> CheckMobilePhone(absl::string_view value) {
  if (value.empty())
    return CodeError{policy::v1::FIELD_REASON_REQUIRED, "A mobile phone number is required."};
  const std::optional<absl::string_view> national = NationalDigits(value);
  if (national.has_value() && IsMobile(*national)) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_MALFORMED,
                   "A mobile number has 10 digits and begins with 03, 05, 07, 08 or 09, or with "
                   "+84 in the place of "
                   "the first 0."};
}

std::optional<std::string> NormalisePhone(absl::string_view value) {
  const std::optional<absl::string_view> national = NationalDigits(value);
  if (!national.has_value() || !(IsMobile(*national) || IsLandline(*national))) return std::nullopt;
  return absl::StrCat("+84", *national);
}

std::optional<CodeError> CheckEmail(absl::string_view value) {
  if (value.empty())
    return CodeError{policy::v1::FIELD_REASON_REQUIRED, "An e-mail address is required."};
  if (value.size() > kMaxEmail) {
    return CodeError{policy::v1::FIELD_REASON_TOO_LONG,
                     "An e-mail address has at most 254 characters."};
  }
  if (IsEmail(value)) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_MALFORMED,
                   "An e-mail address is like name@example.vn."};
}

std::optional<std::string> NormaliseEmail(absl::string_view value) {
  if (CheckEmail(value).has_value()) return std::nullopt;
  const size_t at = value.rfind('@');
  return absl::StrCat(value.substr(0, at), absl::AsciiStrToLower(value.substr(at)));
}

}  // namespace eid::codes
