// SPDX-License-Identifier: Apache-2.0
#include "common/id/id.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "common/log/log.h"

namespace eid {
namespace {

constexpr char kBase32[] = "abcdefghijklmnopqrstuvwxyz234567";
constexpr size_t kIdBytes = 16;

// How often this process was forked off from one that had drawn already.
std::atomic<uint32_t>& Forks() {
  static std::atomic<uint32_t> forks = 0;
  static const int known = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });
  CHECK(known == 0) << "forks go unnoticed";
  return forks;
}

// Randomness of one thread, drawn for many ids at a time: each draw costs more than its bytes. What
// was taken is wiped; what was drawn before a fork is its parent's, and not taken.
class Randomness {
 public:
  ~Randomness() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  std::array<uint8_t, kIdBytes> Take() {
    const uint32_t forks = Forks().load();
    if (taken_ == bytes_.size() || forks != forks_) {
      CHECK(RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) == 1)
          << "the machine has no randomness";
      taken_ = 0;
      forks_ = forks;
    }
    std::array<uint8_t, kIdBytes> some;
    std::copy_n(bytes_.begin() + taken_, kIdBytes, some.begin());
    OPENSSL_cleanse(bytes_.data() + taken_, kIdBytes);
    taken_ += kIdBytes;
    return some;
  }

 private:
  std::array<uint8_t, 32 * kIdBytes> bytes_;
  size_t taken_ = bytes_.size();
  uint32_t forks_ = 0;
};

class RandomIds : public IdSource {
 public:
  std::string NewId() override {
    thread_local Randomness randomness;
    const std::array<uint8_t, kIdBytes> bytes = randomness.Take();
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
