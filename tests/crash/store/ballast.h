// SPDX-License-Identifier: Apache-2.0
// The bytes that an operation brings along: most of what is in a store, and known from its number,
// so that the oracle can tell whether they are still what they were.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace eid::crash {

// How many, below `most`: the same for each repetition of an operation.
uint64_t BallastSize(uint64_t operation, uint64_t most);
// So many of them. Nothing can compress them.
std::string BallastOf(uint64_t operation, uint64_t size);
// Whether these are the first so many of them.
bool IsBallastOf(uint64_t operation, absl::string_view bytes);

}  // namespace eid::crash
