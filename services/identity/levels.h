// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "eid/identity/v1/authentication_service.pb.h"
#include "services/identity/storage.pb.h"

// Authentication levels (mức độ xác thực, Decree 69/2024). Not to be confused with the levels of an
// account. Pure.
namespace eid::identity {

// The kind of a proof; UNSPECIFIED if it has none.
FactorKind KindOf(const v1::Factor& factor);

// The level reached by what was proven; 0 for nothing.
//   1  one factor
//   2  two different factors, none biometric
//   3  two different factors, one of them biometric
//   4  something known, something had and something biometric
// Two proofs of one kind are one factor.
int AuthenticationLevel(const std::vector<FactorKind>& proven);

// Both together: ascending, each kind once.
std::vector<FactorKind> Union(const std::vector<FactorKind>& a, const std::vector<FactorKind>& b);

// What a session's row says.
std::vector<FactorKind> KindsOf(const SessionRow& session);
void SetKinds(SessionRow& session, const std::vector<FactorKind>& kinds);

}  // namespace eid::identity
