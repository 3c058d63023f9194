// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"

namespace eid {

// Gives names to new things. Tests pass SequentialIds (common/testing/sequential_ids.h). Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;

  // Never the same twice.
  virtual std::string NewId() = 0;

  // NewIdAt the time it is.
  static IdSource& Real();
};

// 26 characters of 2-7 and a-z: the millisecond since 1970, as 48 bits, then 80 random bits (as UUIDs of
// version 7 do, RFC 9562 section 5.7). Ids sort as they were drawn, so what is new lies together in the
// stores (ADR 16); nobody can guess one: it may also serve as a name that is a secret. Ends the process
// if the machine has no randomness.
std::string NewIdAt(absl::Time time);

}  // namespace eid
