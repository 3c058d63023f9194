// SPDX-License-Identifier: Apache-2.0
#include "services/identity/levels.h"

#include <set>

namespace eid::identity {

FactorKind KindOf(const v1::Factor& factor) {
  switch (factor.proof_case()) {
    case v1::Factor::kPassword:
    case v1::Factor::kPasscode: return FACTOR_KIND_KNOWLEDGE;
    case v1::Factor::kOneTimeCode:
    case v1::Factor::kDeviceSignature: return FACTOR_KIND_POSSESSION;
    case v1::Factor::PROOF_NOT_SET: break;
  }
  return FACTOR_KIND_UNSPECIFIED;
}

int AuthenticationLevel(const std::vector<FactorKind>& proven) {
  std::set<FactorKind> kinds(proven.begin(), proven.end());
  kinds.erase(FACTOR_KIND_UNSPECIFIED);
  const bool biometric = kinds.count(FACTOR_KIND_BIOMETRIC) > 0;
  if (kinds.size() < 2) return static_cast<int>(kinds.size());
  if (!biometric) return 2;
  return kinds.size() == 2 ? 3 : 4;
}

std::vector<FactorKind> Union(const std::vector<FactorKind>& a, const std::vector<FactorKind>& b) {
  std::set<FactorKind> kinds(a.begin(), a.end());
  kinds.insert(b.begin(), b.end());
  kinds.erase(FACTOR_KIND_UNSPECIFIED);
  return {kinds.begin(), kinds.end()};
}

std::vector<FactorKind> KindsOf(const SessionRow& session) {
  std::vector<FactorKind> kinds;
  for (const int kind : session.factor_kinds()) kinds.push_back(static_cast<FactorKind>(kind));
  return kinds;
}

void SetKinds(SessionRow& session, const std::vector<FactorKind>& kinds) {
  session.clear_factor_kinds();
  for (const FactorKind kind : kinds) session.add_factor_kinds(kind);
}

}  // namespace eid::identity
