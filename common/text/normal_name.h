// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"

namespace eid::text {

// True: NormaliseName leaves the name as it is. A quick look that knows what is usually typed
// (composed Latin letters, single spaces); false may be said of a normal name, too.
bool LooksNormal(absl::string_view name);

}  // namespace eid::text
