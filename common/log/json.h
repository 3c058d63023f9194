// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace eid {

// Appends `text` as a JSON string with its quotes. Control characters are escaped, so the result is
// one line; each byte that is not UTF-8 becomes U+FFFD, so the result is always valid JSON.
void AppendJsonString(std::string& out, absl::string_view text);

}  // namespace eid
