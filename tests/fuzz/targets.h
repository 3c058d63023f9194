// SPDX-License-Identifier: Apache-2.0
// The targets; a file each. Add one here, in Targets() (target.cc), and in CMakeLists.txt.
#pragma once

#include "tests/fuzz/target.h"

namespace eid::fuzz {

// Requests, through the validation that their RPC begins with.
Target IdentityRequests();
Target OrgRegistrationRequests();
Target VerificationRequests();
Target ApprovalRequests();
// What other services and registries answer, through the code that believes it.
Target Answers();
// Rows of every store, through their keys and what reads them.
Target Rows();
// Everything opaque that a client hands back: page, resume, access and refresh tokens, challenges.
Target Tokens();
// The order of keys.
Target Keys();
// Codes, names, texts, dates.
Target Texts();
// Text protos of configurations, and the rules of law.
Target Configs();

}  // namespace eid::fuzz
