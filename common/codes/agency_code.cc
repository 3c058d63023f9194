// SPDX-License-Identifier: Apache-2.0
#include "common/codes/agency_code.h"

#include <vector>

#include "absl/strings/str_split.h"
#include "common/codes/characters.h"

namespace eid::codes {
namespace {

constexpr size_t kMaxLength = 35;
constexpr size_t kMaxGroups = 7;

bool IsFirstGroup(absl::string_view group) {
  return group.size() == 3 && absl::ascii_isupper(group[0]) && AllDigits(group.substr(1));
}

}  // namespace

std::optional<CodeError> CheckAgencyCode(absl::string_view value) {
  if (value.empty())
    return CodeError{policy::v1::FIELD_REASON_REQUIRED, "An identification code is required."};
  if (value.size() > kMaxLength) {
    return CodeError{policy::v1::FIELD_REASON_TOO_LONG,
                     "An identification code has at most 35 characters."};
  }
  const std::vector<absl::string_view> groups = absl::StrSplit(value, '.');
  bool right = groups.size() <= kMaxGroups && IsFirstGroup(groups.front());
  for (const absl::string_view group : groups) {
    right = right && !group.empty() && group.size() <= 4 && AllUpperOrDigits(group);
  }
  if (right) return std::nullopt;
  return CodeError{policy::v1::FIELD_REASON_MALFORMED,
                   "An identification code is a letter and two digits, then groups of up to four "
                   "letters or digits, "
                   "separated by dots, such as G01.899.107."};
}

}  // namespace eid::codes
