// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace eid {

// Gives names to new things. Tests pass SequentialIds (common/testing/sequential_ids.h). Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;

  // Never the same twice.
  virtual std::string NewId() = 0;

  // 128 random bits as 26 characters of a-z and 2-7. Nobody can guess one: it may also serve as a
  // name that is a secret. Ends the process if the machine has no randomness.
  static IdSource& Real();
};

}  // namespace eid
