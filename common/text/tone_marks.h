// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// For this library's own use; vietnamese.h says what the place of a tone mark is.
namespace eid::text {

// Decomposed text (Decompose) with each syllable's tone mark in one place. Compose puts its marks in
// canonical order.
std::u32string MoveToneMarks(const std::u32string& decomposed);

}  // namespace eid::text
