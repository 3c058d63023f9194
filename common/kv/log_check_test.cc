// SPDX-License-Identifier: Apache-2.0
#include "common/kv/log_check.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "common/kv/testing/files.h"
#include "common/kv/testing/things.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

namespace fs = std::filesystem;

// The log of a store, as RocksDB writes it.
std::string SomeLog(const DatabaseOptions& options) {
  {
    const auto store = OpenStore(options);
    for (const char* id : {"a", "b", "c"}) {
      REQUIRE_OK(
          store->TransactAndWait([&](Txn& txn) { return Things().Insert(txn, MakeThing(id)); }));
    }
  }
  std::ifstream file(LogOf(options), std::ios::binary);
  std::string log(std::istreambuf_iterator<char>(file), {});
  REQUIRE(log.size() < kLogBlockBytes);
  return log;
}

TEST_CASE("a whole log and a torn one have no damaged header, wherever it was torn") {
  const TempFolder folder;
  const std::string log = SomeLog({.path = folder / "store"});
  for (size_t size = 0; size <= log.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(HasDamagedHeader(absl::string_view(log).substr(0, size)));
  }
  CHECK_FALSE(HasDamagedHeader(log + std::string(1000, '\0')));
}

TEST_CASE("a greater length and a type of another use are found in every record") {
  const TempFolder folder;
  const std::string log = SomeLog({.path = folder / "store"});
  int records = 0;
  for (size_t place = 0; place < log.size(); ++records) {
    CAPTURE(place);
    std::string damaged = log;
    damaged[place + 5] = '\x40';
    CHECK(HasDamagedHeader(damaged));
    damaged = log;
    damaged[place + 6] ^= 4;
    CHECK(HasDamagedHeader(damaged));
    place += 7 + (static_cast<unsigned char>(log[place + 4]) |
                  static_cast<unsigned char>(log[place + 5]) << 8);
  }
  CHECK(records >= 4);
}

TEST_CASE("a store with a damaged header is refused, be it in the log or in the manifest") {
  const TempFolder folder;
  // Nobody else would find out.
  const DatabaseOptions options = {.path = folder / "store"};
  (void)SomeLog(options);
  const bool of_manifest = GENERATE(false, true);
  fs::path path = LogOf(options);
  for (const auto& file : fs::directory_iterator(options.path)) {
    const std::string name = file.path().filename();
    if (of_manifest && absl::StartsWith(name, "MANIFEST")) path = file.path();
  }
  SECTION("length") { LengthenLastRecord(path); }
  SECTION("type") {
    constexpr uint64_t kType = 6;
    FlipByte(path, kType, 4);
  }
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "restore the latest backup"));
}

}  // namespace
}  // namespace eid::kv::testing
