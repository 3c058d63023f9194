// SPDX-License-Identifier: Apache-2.0
#include "common/id/id.h"

#include <openssl/rand.h>

#include <array>
#include <cstdint>

#include "common/clock/clock.h"
#include "common/log/log.h"

namespace eid {
namespace {

// Sorts as the bits do.
constexpr char kBase32[] = "234567abcdefghijklmnopqrstuvwxyz";
constexpr size_t kTimeBytes = 6;

class RealIds : public IdSource {
 public:
  std::string NewId() override { return NewIdAt(Clock::Real().TimeNow()); }
};

}  // namespace

std::string NewIdAt(absl::Time time) {
  std::array<uint8_t, 16> bytes;
  uint64_t milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(time));
  for (size_t i = kTimeBytes; i-- > 0; milliseconds >>= 8) {
    bytes[i] = static_cast<uint8_t>(milliseconds);
  }
  CHECK(RAND_bytes(bytes.data() + kTimeBytes, bytes.size() - kTimeBytes) == 1)
      << "the machine has no randomness";
  std::string id;
  id.reserve(26);
  uint32_t buffer = 0;
  int bits = 0;
  for (uint8_t byte : bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      id.push_back(kBase32[(buffer >> bits) & 31]);
    }
  }
  id.push_back(kBase32[(buffer << (5 - bits)) & 31]);
  return id;
}

IdSource& IdSource::Real() {
  static auto* ids = new RealIds;
  return *ids;
}

}  // namespace eid
