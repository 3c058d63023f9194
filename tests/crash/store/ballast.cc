// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/ballast.h"

#include <algorithm>
#include <cstring>

namespace eid::crash {
namespace {

// SplitMix64: eight bytes for a few operations, so that every byte of a store can be looked at
// after every round.
class Stream {
 public:
  explicit Stream(uint64_t operation) : state_(operation) {}

  uint64_t Next() {
    uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

 private:
  uint64_t state_;
};

constexpr size_t kAtOnce = sizeof(uint64_t);

}  // namespace

uint64_t BallastSize(uint64_t operation, uint64_t most) {
  // Of another number than the bytes.
  return most == 0 ? 0 : Stream(~operation).Next() % most;
}

std::string BallastOf(uint64_t operation, uint64_t size) {
  std::string bytes(size, '\0');
  Stream stream(operation);
  for (size_t place = 0; place < bytes.size(); place += kAtOnce) {
    const uint64_t next = stream.Next();
    std::memcpy(bytes.data() + place, &next, std::min(kAtOnce, bytes.size() - place));
  }
  return bytes;
}

bool IsBallastOf(uint64_t operation, absl::string_view bytes) {
  Stream stream(operation);
  for (size_t place = 0; place < bytes.size(); place += kAtOnce) {
    const uint64_t next = stream.Next();
    const size_t size = std::min(kAtOnce, bytes.size() - place);
    if (std::memcmp(bytes.data() + place, &next, size) != 0) return false;
  }
  return true;
}

}  // namespace eid::crash
