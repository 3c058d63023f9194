// SPDX-License-Identifier: Apache-2.0
// Faults on purpose, for the runs that break the suite (tests/crash). Only in a program built with
// the CMake option EID_FAULTS; in any other both functions are empty, and what is deployed refuses
// to be built with it.
//
//   fault::Point("before_write");
//   durable.sync = !fault::Mutant("sync_off");
#pragma once

#include "absl/strings/string_view.h"

namespace eid::fault {

#ifdef EID_FAULTS

inline constexpr bool kEnabled = true;

// A moment at which a crash would be interesting. With EID_FAILPOINT=name:n in the environment the
// process ends at once, as if killed (_exit(137)), when `name` is reached the n-th time, n from 1.
// Any thread.
void Point(absl::string_view name);

// Whether EID_MUTANT=name is in the environment. A deliberate defect: a run that is to find defects
// of its kind has to fail with it. Any thread.
bool Mutant(absl::string_view name);

#else

inline constexpr bool kEnabled = false;
inline void Point(absl::string_view) {}
inline constexpr bool Mutant(absl::string_view) { return false; }

#endif

}  // namespace eid::fault
