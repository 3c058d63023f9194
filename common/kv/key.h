// SPDX-License-Identifier: Apache-2.0
// Keys of rows and indexes: bytes that sort as the values they are made of.
//
//   KeyOf(state, submitted_at, "0101234567")
//
// - The order of the encodings is the order of the tuples.
// - KeyOf(a) is a prefix of KeyOf(a, b), and of no key whose first part is not exactly a: so it is
//   the range of everything under a.
// - Parts carry no type: every key of one table or index is made of the same types in the same
//   order.
//
// What a part may be, and how it sorts:
//   strings and views   bytewise (no locale); any bytes, zeros too
//   unsigned integers   by value; all widths are alike, KeyOf(uint32_t{5}) == KeyOf(uint64_t{5})
//   enums               as the unsigned number of their value
//   bool                false first
//   absl::Time          earliest first; whole nanoseconds; alike beyond the years 1678 to 2262
//   Desc(absl::Time)    latest first
// Signed integers are refused by the compiler: say which unsigned number is meant.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace eid::kv {

// A moment that sorts latest first.
struct Descending {
  absl::Time time;
};
inline Descending Desc(absl::Time time) { return {time}; }

namespace internal {

void AppendString(std::string& key, absl::string_view part);
void AppendNumber(std::string& key, uint64_t part);
void AppendTime(std::string& key, absl::Time part);
void AppendTime(std::string& key, Descending part);

template <class T>
inline constexpr bool kNoSuchPart = false;

template <class T>
void AppendPart(std::string& key, const T& part) {
  if constexpr (std::is_same_v<T, bool>) {
    key.push_back(part ? '\1' : '\0');
  } else if constexpr (std::is_same_v<T, absl::Time> || std::is_same_v<T, Descending>) {
    AppendTime(key, part);
  } else if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
    AppendNumber(key, static_cast<uint64_t>(part));
  } else if constexpr (std::is_convertible_v<const T&, absl::string_view>) {
    AppendString(key, part);
  } else {
    static_assert(kNoSuchPart<T>,
                  "a key is made of strings, unsigned numbers, enums, bools and times");
  }
}

}  // namespace internal

template <class... Parts>
std::string KeyOf(const Parts&... parts) {
  std::string key;
  (internal::AppendPart(key, parts), ...);
  return key;
}

// The end of the range of all keys that begin with `prefix`: the least key after them.
// Empty if there is none (prefix empty, or of 0xFF bytes alone).
std::string PrefixEnd(absl::string_view prefix);

}  // namespace eid::kv
