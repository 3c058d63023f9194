// SPDX-License-Identifier: Apache-2.0
#include "common/kv/key.h"

namespace eid::kv {
namespace internal {

// A string ends with 00 00, and a zero inside it is 00 FF: so the end sorts before any byte that
// could follow, and no string's encoding is the beginning of another's.
void AppendString(std::string& key, absl::string_view part) {
  key.reserve(key.size() + part.size() + 2);
  for (size_t zero = 0; (zero = part.find('\0')) != absl::string_view::npos;) {
    key.append(part.data(), zero + 1);
    key.push_back('\xff');
    part.remove_prefix(zero + 1);
  }
  key.append(part.data(), part.size());
  key.append(2, '\0');
}

void AppendNumber(std::string& key, uint64_t part) {
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(part >> shift));
}

namespace {
// Signed order as unsigned order.
uint64_t NanosInOrder(absl::Time time) {
  return static_cast<uint64_t>(absl::ToUnixNanos(time)) ^ (uint64_t{1} << 63);
}
}  // namespace

void AppendTime(std::string& key, absl::Time part) { AppendNumber(key, NanosInOrder(part)); }

void AppendTime(std::string& key, Descending part) { AppendNumber(key, ~NanosInOrder(part.time)); }

}  // namespace internal

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace eid::kv
