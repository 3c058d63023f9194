// SPDX-License-Identifier: Apache-2.0
#include "common/codes/file_code.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/codes/characters.h"
#include "common/codes/date.h"

namespace eid::codes {
namespace {

constexpr int kCentury = 2000;

bool IsLetterAndTwoDigits(absl::string_view group) {
  return group.size() == 3 && absl::ascii_isupper(group[0]) && AllDigits(group.substr(1));
}

// 000.00.00.G22
bool IsOldUnit(const std::vector<absl::string_view>& groups) {
  const auto digits = [&](size_t i, size_t length) {
    return groups[i].size() == length && AllDigits(groups[i]);
  };
  return groups.size() == 4 && digits(0, 3) && digits(1, 2) && digits(2, 2) &&
         IsLetterAndTwoDigits(groups[3]);
}

// G01.899.107.000
bool IsNewUnit(const std::vector<absl::string_view>& groups) {
  if (groups.size() > 4 || !IsLetterAndTwoDigits(groups[0])) return false;
  for (size_t i = 1; i < groups.size(); ++i) {
    if (groups[i].size() < 2 || groups[i].size() > 3 || !AllUpperOrDigits(groups[i])) return false;
  }
  return true;
}

bool IsUnit(absl::string_view unit) {
  const std::vector<absl::string_view> groups = absl::StrSplit(unit, '.');
  return IsOldUnit(groups) || IsNewUnit(groups);
}

}  // namespace

std::optional<CodeError> CheckFileUnit(absl::string_view unit) {
  if (unit.empty()) return CodeError{policy::v1::FIELD_REASON_REQUIRED, "A unit code is required."};
  if (IsUnit(unit)) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_MALFORMED,
                   "A unit code is like G01.899.107 or 000.00.00.G22."};
}

std::optional<CodeError> CheckFileCode(absl::string_view value) {
  if (value.empty())
    return CodeError{policy::v1::FIELD_REASON_REQUIRED, "A file code is required."};
  if (ParseFileCode(value).has_value()) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_MALFORMED,
                   "A file code is a unit, a day as YYMMDD and a number of 4 to 6 digits, such as "
                   "G01.899-261121-0001."};
}

absl::StatusOr<std::string> FormatFileCode(absl::string_view unit, absl::CivilDay date,
                                           int64_t serial) {
  if (!IsUnit(unit)) return absl::InvalidArgumentError("the unit of a file code is malformed");
  if (date.year() < kCentury || date.year() >= kCentury + 100) {
    return absl::InvalidArgumentError("a file code's day lies in 2000 to 2099");
  }
  if (serial < 1 || serial > kMaxFileSerial) {
    return absl::OutOfRangeError("a file code's serial is 1 to 999999");
  }
  return absl::StrFormat("%s-%02d%02d%02d-%04d", unit, date.year() % 100, date.month(), date.day(),
                         serial);
}

std::optional<FileCode> ParseFileCode(absl::string_view value) {
  const std::vector<absl::string_view> parts = absl::StrSplit(value, '-');
  if (parts.size() != 3 || !IsUnit(parts[0])) return std::nullopt;
  const absl::string_view day = parts[1];
  const absl::string_view serial = parts[2];
  if (day.size() != 6 || !AllDigits(day)) return std::nullopt;
  if (serial.size() < 4 || serial.size() > 6 || !AllDigits(serial)) return std::nullopt;
  const int year = kCentury + DigitsToInt(day.substr(0, 2));
  const int month = DigitsToInt(day.substr(2, 2));
  const int day_of_month = DigitsToInt(day.substr(4, 2));
  const int number = DigitsToInt(serial);
  if (number == 0 || CheckDate(year, month, day_of_month).has_value()) return std::nullopt;
  return FileCode{std::string(parts[0]), absl::CivilDay(year, month, day_of_month), number};
}

}  // namespace eid::codes
