// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "eid/type/v1/text.pb.h"
#include "eid/verification/v1/verification.pb.h"

namespace eid::verification {

// Who keeps the register that a verdict is about, hence who can put it right.
enum class Keeper {
  // The population database: the police of the commune.
  kPopulation,
  // The business register: the business registration office of the province.
  kBusinessRegister,
  // A specialised database: the body that keeps it.
  kSpecialised,
};

// What the applicant can do about it, in both languages. Empty for VERDICT_REASON_UNSPECIFIED alone. Pure.
type::v1::LocalizedText Remedy(v1::VerdictReason reason, Keeper keeper);

}  // namespace eid::verification
