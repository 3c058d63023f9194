// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

// Names of people and of organizations: how they are stored and how they are compared. Pure
// functions.
namespace eid::text {

// The form that is stored: NFC, no space at the ends, inner white space (tab, no-break and the
// like) as one space. The spelling and the case are kept.
std::string NormaliseName(absl::string_view name);

// The form that is compared: NormaliseName, lower case, tone marks in one place; an apostrophe is
// one whichever sign it is typed with ("H'Hen", "H’Hen"), and so is Đ (old files carry the
// look-alikes U+00D0 and U+0189). Never shown, and never without diacritics: "Hoàng Thị Lan" and
// "Hoàng Thị Lân" are two people.
std::string NameKey(absl::string_view name);

// Whether two names are the same name: equal keys of two names that are valid UTF-8 and not empty.
bool SameName(absl::string_view a, absl::string_view b);

// NOT A MATCH. True when the names would be the same if every diacritic were dropped: it tells a
// person why two names differ (reason NAME_DIACRITIC_ONLY) and must never decide anything. True for
// the same name too.
bool SameNameIgnoringDiacritics(absl::string_view a, absl::string_view b);

}  // namespace eid::text
