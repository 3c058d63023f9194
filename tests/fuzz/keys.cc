// SPDX-License-Identifier: Apache-2.0
// Keys against a model: two tuples of the same types are compared part by part, and their keys byte
// by byte. The input is a list of parts for each: types first, then values.
#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/kv/number.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

enum Type : uint8_t { kString, kNumber, kFlag, kTime, kLatestFirst, kTypes };
// A string, or a number: times are their nanoseconds.
using Part = std::variant<std::string, uint64_t, int64_t>;
constexpr size_t kMaxParts = 5;

class Input {
 public:
  explicit Input(absl::string_view bytes) : bytes_(bytes) {}
  uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return byte;
  }
  uint64_t Number() {
    uint64_t number = 0;
    for (uint8_t size = Byte() % 9; size > 0; --size) number = number << 8 | Byte();
    return number;
  }
  std::string String() {
    const size_t wanted = Byte() % 24u;
    const size_t size = std::min(wanted, bytes_.size());
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }

 private:
  absl::string_view bytes_;
};

Part PartOf(uint8_t type, Input& input) {
  switch (type) {
    case kString: return input.String();
    case kNumber: return input.Number();
    case kFlag: return uint64_t{input.Byte() % 2u};
    default: return static_cast<int64_t>(input.Number());
  }
}

std::string KeyOfPart(uint8_t type, const Part& part) {
  switch (type) {
    case kString: return kv::KeyOf(std::get<std::string>(part));
    case kNumber: return kv::KeyOf(std::get<uint64_t>(part));
    case kFlag: return kv::KeyOf(std::get<uint64_t>(part) == 1);
    case kTime: return kv::KeyOf(absl::FromUnixNanos(std::get<int64_t>(part)));
    default: return kv::KeyOf(kv::Desc(absl::FromUnixNanos(std::get<int64_t>(part))));
  }
}

// -1, 0 or 1, by what the header of KeyOf says about the type.
int Compare(uint8_t type, const Part& a, const Part& b) {
  if (a == b) return 0;
  return (a < b) != (type == kLatestFirst) ? -1 : 1;
}

int Sign(int n) { return n < 0 ? -1 : n > 0 ? 1 : 0; }

void CheckRange(const std::string& prefix, const std::string& key) {
  const std::string end = kv::PrefixEnd(prefix);
  const bool within = key >= prefix && (end.empty() || key < end);
  Require(within == absl::StartsWith(key, prefix), "a prefix is a range");
}

void Run(absl::string_view bytes) {
  Input input(bytes);
  std::vector<uint8_t> types(1 + input.Byte() % kMaxParts);
  for (uint8_t& type : types) type = input.Byte() % kTypes;
  std::string a, b;
  int expected = 0;
  for (const uint8_t type : types) {
    const Part of_a = PartOf(type, input);
    // Often the same: what differs later matters too.
    const Part of_b = input.Byte() % 2 == 0 ? of_a : PartOf(type, input);
    const std::string key_a = KeyOfPart(type, of_a), key_b = KeyOfPart(type, of_b);
    Require(Sign(key_a.compare(key_b)) == Compare(type, of_a, of_b), "a part sorts as its value");
    if (expected == 0) {
      // So far they are one prefix; from here on they part for good, or not at all.
      Require(a == b, "equal tuples have equal keys");
      expected = Compare(type, of_a, of_b);
      Require(expected == 0 || (!absl::StartsWith(key_a, key_b) && !absl::StartsWith(key_b, key_a)),
              "no part is the beginning of another");
    }
    a += key_a;
    b += key_b;
    CheckRange(key_a, key_b);
    CheckRange(a, b);
  }
  Require(Sign(a.compare(b)) == expected, "keys sort as their tuples");
  const std::string rest = input.String();
  CheckRange(rest, a);
  if (rest.size() >= kv::kNumberBytes)
    Require(absl::StartsWith(rest, kv::KeyOf(kv::ReadNumber(rest))), "numbers are read as written");
}

std::vector<std::string> Seeds() {
  return {std::string("\0", 1), std::string("\1\0\3abc\1\3abd", 10),
          std::string("\2\0\1\3a\0b\1\2a\0\10\1\2\3\4\5\6\7\10\0", 20),
          std::string("\3\3\4\2\10\377\377\377\377\377\377\377\377\1\0\0\0\1", 18)};
}

}  // namespace

Target Keys() { return {.name = "keys", .run = Run, .seeds = Seeds, .max_size = 256}; }

}  // namespace eid::fuzz
