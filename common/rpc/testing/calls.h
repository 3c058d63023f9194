// SPDX-License-Identifier: Apache-2.0
// Callers for tests. Never linked into a program.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/rpc/call.h"
#include "common/rpc/pipeline.h"

namespace eid::rpc::testing {

// Calls as an operation sees them, admitted. The token is a FakeToken of the claims.
// A person with a level-2 account, logged in at authentication level 2, acting for oneself.
Call CallOfHolder(std::string account_id);
// The same, acting for an organization as its legal representative.
Call CallOfRepresentative(std::string account_id, std::string organization_id);
// An officer with these roles, logged in at authentication level 4.
Call CallOfOfficer(std::string account_id, std::vector<policy::v1::OfficerRole> roles);
// A service in its own name.
Call CallOfService(std::string name);
// Anybody, without a token.
Call CallOfPublic(std::string client = "192.0.2.1");

// The same call, its token saying something else.
Call WithClaims(Call call, const std::function<void(policy::v1::AccessClaims&)>& change);

// A token that only FakeVerify takes: the claims themselves.
std::string FakeToken(const policy::v1::AccessClaims& claims);
VerifyToken FakeVerify();

}  // namespace eid::rpc::testing
