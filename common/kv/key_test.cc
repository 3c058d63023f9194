// SPDX-License-Identifier: Apache-2.0
#include "common/kv/key.h"

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "common/testing/catch.h"

namespace eid::kv {
namespace {

enum class Shade { kNone = 0, kLight = 1, kDark = 300 };
enum Legacy { kOld = 0, kOlder = 7 };

// Few distinct values of every kind, so that ties and near misses are common.
std::string RandomString(std::mt19937& random) {
  static constexpr char kBytes[] = {'\0', '\1', 'a', 'b', '\xfe', '\xff'};
  std::string value(random() % 4, ' ');
  for (char& c : value) c = kBytes[random() % sizeof(kBytes)];
  return value;
}

uint64_t RandomNumber(std::mt19937& random) {
  static constexpr uint64_t kNumbers[] = {0, 1, 255, 256, uint64_t{1} << 63, ~uint64_t{0}};
  return kNumbers[random() % std::size(kNumbers)];
}

absl::Time RandomTime(std::mt19937& random) {
  static const absl::Time kTimes[] = {absl::InfinitePast(),     absl::FromUnixNanos(-1),
                                      absl::UnixEpoch(),        absl::FromUnixNanos(1),
                                      absl::FromUnixSeconds(1), absl::FromUnixSeconds(1740967200),
                                      absl::InfiniteFuture()};
  return kTimes[random() % std::size(kTimes)];
}

int Sign(int number) { return (number > 0) - (number < 0); }

template <class T>
int Compare(const T& a, const T& b) {
  return (b < a) - (a < b);
}

TEST_CASE("keys sort as the tuples they are made of") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  using Parts = std::tuple<std::string, uint64_t, bool, absl::Time, std::string>;
  const auto draw = [&] {
    return Parts(RandomString(random), RandomNumber(random), random() % 2 == 0, RandomTime(random),
                 RandomString(random));
  };
  const auto key = [](const Parts& parts) {
    return std::apply([](const auto&... part) { return KeyOf(part...); }, parts);
  };
  for (int i = 0; i < 20'000; ++i) {
    Parts a = draw();
    Parts b = draw();
    // Half of the pairs share their first parts.
    if (i % 2 == 0) std::get<0>(b) = std::get<0>(a);
    if (i % 4 == 0) std::get<1>(b) = std::get<1>(a);
    if (i % 8 == 0) std::get<2>(b) = std::get<2>(a);
    if (Sign(key(a).compare(key(b))) != Compare(a, b)) {
      FAIL("pair " << i << " sorts wrongly");
    }
  }
}

TEST_CASE("the key of the first part is a prefix of all its keys and of no others") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = RandomString(random);
    const std::string b = RandomString(random);
    const std::string c = RandomString(random);
    const bool is_prefix = KeyOf(b, c).compare(0, KeyOf(a).size(), KeyOf(a)) == 0;
    if (is_prefix != (a == b)) FAIL("pair " << i << " is wrong");
  }
  CHECK(KeyOf(1u, "x").compare(0, KeyOf(1u).size(), KeyOf(1u)) == 0);
}

TEST_CASE("every kind of part has one encoding") {
  const std::string text = "abc";
  CHECK(KeyOf(text) == KeyOf("abc"));
  CHECK(KeyOf(absl::string_view(text)) == KeyOf("abc"));
  CHECK(KeyOf(uint8_t{5}) == KeyOf(uint64_t{5}));
  CHECK(KeyOf(Shade::kDark) == KeyOf(300u));
  CHECK(KeyOf(kOlder) == KeyOf(7u));
  CHECK(KeyOf(Shade::kNone) < KeyOf(Shade::kLight));
  CHECK(KeyOf(false) < KeyOf(true));
  CHECK(KeyOf("a", "b") == KeyOf("a") + KeyOf("b"));
  CHECK(KeyOf().empty());
}

TEST_CASE("a descending time sorts latest first") {
  std::mt19937 random(1);
  for (int i = 0; i < 1'000; ++i) {
    const absl::Time a = RandomTime(random);
    const absl::Time b = RandomTime(random);
    if (Sign(KeyOf(Desc(a)).compare(KeyOf(Desc(b)))) != Compare(b, a)) FAIL("pair " << i);
  }
}

TEST_CASE("the end of a prefix is the least key after it") {
  CHECK(PrefixEnd("a") == "b");
  CHECK(PrefixEnd("a\xff") == "b");
  CHECK(PrefixEnd("\xff\xff").empty());
  CHECK(PrefixEnd("").empty());
  CHECK(PrefixEnd(std::string("a\0", 2)) == "a\1");
}

}  // namespace
}  // namespace eid::kv
