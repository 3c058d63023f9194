// SPDX-License-Identifier: Apache-2.0
// Tells a story as it happens: a line for each step with who acts, what is stored, how long it took.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace eid::demo {

class Story {
 public:
  // Prints a heading.
  void Chapter(absl::string_view title);
  // Runs `act` and prints a line: who, what, what it says is stored now, how long it took. A step
  // after one that failed is not run. The failure is printed.
  void Step(absl::string_view who, absl::string_view what,
            const std::function<absl::StatusOr<std::string>()>& act);
  // The first failure.
  const absl::Status& status() const { return status_; }
  int steps() const { return steps_; }

 private:
  absl::Status status_;
  int steps_ = 0;
};

// "3.2 ms", "1.25 s".
std::string Took(double seconds);

}  // namespace eid::demo
