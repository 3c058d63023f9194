// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace eid::text {

struct OrganizationKey {
  // NameKey with the legal form written out: equal keys are the same name.
  std::string key;
  // Which rows of the table were used, in the order of the text: "tnhh -> trách nhiệm hữu hạn". For
  // the record of the comparison: a person can see why "CTY CP Sao Mai" was taken for "Công ty cổ
  // phần Sao Mai".
  std::vector<std::string> rewrites;
};

// Abbreviations of legal forms (CTY, TNHH, MTV, CP, HTX, DNTN, UBND, …) are written out by a table,
// whole words only: those of the legal form at the start of the name, and those that can be nothing
// else anywhere. Punctuation that people leave out or put in (quotation marks, commas, dots in
// "T.N.H.H.", dashes, the ampersand as "và") does not count. Diacritics do.
OrganizationKey OrganizationNameKey(absl::string_view name);

// Equal keys of two names that are valid UTF-8 and not empty.
bool SameOrganizationName(absl::string_view a, absl::string_view b);

}  // namespace eid::text
