// SPDX-License-Identifier: Apache-2.0
#include "common/id/id.h"

#include <openssl/rand.h>

#include <array>
#include <cstdint>

#include "common/log/log.h"

namespace eid {
namespace {

constexpr char kBase32[] = "abcdefghijklmnopqrstuvwxyz234567";

class RandomIds : public IdSource {
 public:
  std::string NewId() override {
    std::array<uint8_t, 16> bytes;
    CHECK(RAND_bytes(bytes.data(), bytes.size()) == 1) << "the machine has no randomness";
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
};

}  // namespace

IdSource& IdSource::Real() {
  static auto* ids = new RandomIds;
  return *ids;
}

}  // namespace eid
