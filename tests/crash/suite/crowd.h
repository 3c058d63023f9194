// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/crash/suite/applicant.h"

namespace eid::crash {

// Many calls at the same moment to one service, each of which comes to its writer and is refused
// there: they stand beside the load's own in one batch. Waits for their answers, which matter to
// nobody.
void CallIn(Shared shared, const std::string& program);

}  // namespace eid::crash
