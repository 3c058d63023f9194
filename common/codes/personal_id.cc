// SPDX-License-Identifier: Apache-2.0
#include "common/codes/personal_id.h"

#include <algorithm>
#include <iterator>

#include "common/codes/characters.h"

namespace eid::codes {
namespace {

constexpr size_t kLength = 12;
constexpr int kFirstCountryCode = 100;
constexpr size_t kMinPassport = 6;
constexpr size_t kMaxPassport = 9;

struct Province {
  int code;
  const char* name;
};

// The 63 provinces before 1 July 2025, by code. New units take over old codes; numbers that were
// given keep theirs.
constexpr Province kProvinces[] = {
    {1, "Hà Nội"},
    {2, "Hà Giang"},
    {4, "Cao Bằng"},
    {6, "Bắc Kạn"},
    {8, "Tuyên Quang"},
    {10, "Lào Cai"},
    {11, "Điện Biên"},
    {12, "Lai Châu"},
    {14, "Sơn La"},
    {15, "Yên Bái"},
    {17, "Hòa Bình"},
    {19, "Thái Nguyên"},
    {20, "Lạng Sơn"},
    {22, "Quảng Ninh"},
    {24, "Bắc Giang"},
    {25, "Phú Thọ"},
    {26, "Vĩnh Phúc"},
    {27, "Bắc Ninh"},
    {30, "Hải Dương"},
    {31, "Hải Phòng"},
    {33, "Hưng Yên"},
    {34, "Thái Bình"},
    {35, "Hà Nam"},
    {36, "Nam Định"},
    {37, "Ninh Bình"},
    {38, "Thanh Hóa"},
    {40, "Nghệ An"},
    {42, "Hà Tĩnh"},
    {44, "Quảng Bình"},
    {45, "Quảng Trị"},
    {46, "Thừa Thiên Huế"},
    {48, "Đà Nẵng"},
    {49, "Quảng Nam"},
    {51, "Quảng Ngãi"},
    {52, "Bình Định"},
    {54, "Phú Yên"},
    {56, "Khánh Hòa"},
    {58, "Ninh Thuận"},
    {60, "Bình Thuận"},
    {62, "Kon Tum"},
    {64, "Gia Lai"},
    {66, "Đắk Lắk"},
    {67, "Đắk Nông"},
    {68, "Lâm Đồng"},
    {70, "Bình Phước"},
    {72, "Tây Ninh"},
    {74, "Bình Dương"},
    {75, "Đồng Nai"},
    {77, "Bà Rịa – Vũng Tàu"},
    {79, "Thành phố Hồ Chí Minh"},
    {80, "Long An"},
    {82, "Tiền Giang"},
    {83, "Bến Tre"},
    {84, "Trà Vinh"},
    {86, "Vĩnh Long"},
    {87, "Đồng Tháp"},
    {89, "An Giang"},
    {91, "Kiên Giang"},
    {92, "Cần Thơ"},
    {93, "Hậu Giang"},
    {94, "Sóc Trăng"},
    {95, "Bạc Liêu"},
    {96, "Cà Mau"},
};
static_assert(std::size(kProvinces) == 63);

bool HasForm(absl::string_view value) { return value.size() == kLength && AllDigits(value); }

int BirthCode(absl::string_view value) { return DigitsToInt(value.substr(0, 3)); }

const Province* FindProvince(int code) {
  const auto* end = std::end(kProvinces);
  const auto* found =
      std::find_if(kProvinces, end, [code](const Province& p) { return p.code == code; });
  return found == end ? nullptr : found;
}

CodeError Error(policy::v1::FieldReason reason, const char* description) {
  return {reason, description};
}

}  // namespace

std::optional<CodeError> CheckPersonalId(absl::string_view value) {
  if (value.empty())
    return Error(policy::v1::FIELD_REASON_REQUIRED,
                 "A personal identification number is required.");
  if (!HasForm(value)) {
    return Error(policy::v1::FIELD_REASON_MALFORMED,
                 "A personal identification number has 12 digits.");
  }
  const int code = BirthCode(value);
  if (code < kFirstCountryCode && FindProvince(code) == nullptr) {
    return Error(policy::v1::FIELD_REASON_UNKNOWN_VALUE,
                 "The first 3 digits are the code of no province where a birth was registered.");
  }
  return std::nullopt;
}

std::optional<CodeError> CheckPersonalIdAgainst(absl::string_view value, absl::CivilDay birth_date,
                                                Sex sex) {
  if (auto error = CheckPersonalId(value); error.has_value()) return error;
  if (*PersonalIdBirthYear(value) != birth_date.year()) {
    return Error(policy::v1::FIELD_REASON_INCONSISTENT,
                 "The personal identification number tells another birth year.");
  }
  if (*PersonalIdSex(value) != sex) {
    return Error(policy::v1::FIELD_REASON_INCONSISTENT,
                 "The personal identification number tells another sex.");
  }
  return std::nullopt;
}

bool HasUnlistedBirthCode(absl::string_view value) {
  return HasForm(value) && BirthCode(value) >= kFirstCountryCode;
}

std::optional<absl::string_view> PersonalIdProvince(absl::string_view value) {
  if (!HasForm(value)) return std::nullopt;
  const Province* province = FindProvince(BirthCode(value));
  if (province == nullptr) return std::nullopt;
  return absl::string_view(province->name);
}

std::optional<int> PersonalIdBirthYear(absl::string_view value) {
  if (!HasForm(value)) return std::nullopt;
  return 1900 + 100 * ((value[3] - '0') / 2) + DigitsToInt(value.substr(4, 2));
}

std::optional<Sex> PersonalIdSex(absl::string_view value) {
  if (!HasForm(value)) return std::nullopt;
  return (value[3] - '0') % 2 == 0 ? Sex::kMale : Sex::kFemale;
}

std::optional<CodeError> CheckPassport(absl::string_view value) {
  if (value.empty())
    return Error(policy::v1::FIELD_REASON_REQUIRED, "A passport number is required.");
  if (value.size() < kMinPassport) {
    return Error(policy::v1::FIELD_REASON_TOO_SHORT,
                 "A passport number has at least 6 characters.");
  }
  if (value.size() > kMaxPassport) {
    return Error(policy::v1::FIELD_REASON_TOO_LONG, "A passport number has at most 9 characters.");
  }
  if (!AllUpperOrDigits(value) || std::none_of(value.begin(), value.end(), absl::ascii_isdigit)) {
    return Error(policy::v1::FIELD_REASON_MALFORMED,
                 "A passport number has digits and the letters A to Z.");
  }
  return std::nullopt;
}

std::optional<CodeError> CheckOldIdentityCard(absl::string_view value) {
  if (value.empty())
    return Error(policy::v1::FIELD_REASON_REQUIRED, "An identity card number is required.");
  if (value.size() != 9 || !AllDigits(value)) {
    return Error(policy::v1::FIELD_REASON_MALFORMED,
                 "An identity card number of the old kind has 9 digits.");
  }
  return std::nullopt;
}

}  // namespace eid::codes
