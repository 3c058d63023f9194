// SPDX-License-Identifier: Apache-2.0
#include "common/kv/high_water.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kStore[] = "a-store";
constexpr size_t kSlotDistance = 4096;

HighWaterMark Mark(const TempFolder& folder) {
  return HighWaterMark(folder / "mark", folder / "store", nullptr);
}

// A mark of a store that was opened at `revision`.
HighWaterMark Started(const TempFolder& folder, uint64_t revision) {
  HighWaterMark mark = Mark(folder);
  REQUIRE_OK(mark.Load(/*store_exists=*/true));
  REQUIRE_OK(mark.Check(kStore, revision));
  REQUIRE_OK(mark.Start(revision));
  return mark;
}

std::string Text(const TempFolder& folder) {
  std::ifstream file(folder / "mark");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

bool Says(const TempFolder& folder, size_t slot, uint64_t revision) {
  return absl::StrContains(Text(folder).substr(slot * kSlotDistance, 512),
                           absl::StrCat("\nrevision ", revision, "\n"));
}

void Damage(const TempFolder& folder, size_t slot) {
  std::fstream file(folder / "mark", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(slot * kSlotDistance + 70));
  file << "torn";
}

// What an opening finds, given a store at `revision`.
absl::Status Found(const TempFolder& folder, uint64_t revision) {
  HighWaterMark mark = Mark(folder);
  absl::Status status = mark.Load(/*store_exists=*/true);
  if (status.ok()) status = mark.Check(kStore, revision);
  return status;
}

TEST_CASE("a mark remembers what was noted, synced or not") {
  const TempFolder folder;
  HighWaterMark mark = Started(folder, 3);
  CHECK_OK(Found(folder, 3));
  CHECK(Found(folder, 2).code() == absl::StatusCode::kDataLoss);
  REQUIRE_OK(mark.Note(4));
  CHECK_OK(Found(folder, 4));
  CHECK(Found(folder, 3).code() == absl::StatusCode::kDataLoss);
  REQUIRE_OK(mark.Sync());
  REQUIRE_OK(mark.Note(1000));
  CHECK(Found(folder, 999).code() == absl::StatusCode::kDataLoss);
  CHECK_OK(Found(folder, 1001));
}

TEST_CASE("of the two slots, the one that is durable is never written") {
  const TempFolder folder;
  HighWaterMark mark = Started(folder, 3);
  REQUIRE_OK(mark.Note(4));
  const size_t open = Says(folder, 0, 4) ? 0 : 1;
  for (uint64_t revision : {5, 6}) {
    REQUIRE_OK(mark.Note(revision));
    CHECK(Says(folder, open, revision));
    CHECK(Says(folder, 1 - open, 3));
  }
  REQUIRE_OK(mark.Sync());
  for (uint64_t revision : {7, 8}) {
    REQUIRE_OK(mark.Note(revision));
    CHECK(Says(folder, open, 6));
    CHECK(Says(folder, 1 - open, revision));
  }
  SECTION("a torn one costs what was not synced") {
    Damage(folder, 1 - open);
    CHECK_OK(Found(folder, 6));
    CHECK(Found(folder, 5).code() == absl::StatusCode::kDataLoss);
    // The next start mends it.
    HighWaterMark mended = Started(folder, 9);
    CHECK(Says(folder, 0, 9));
    CHECK(Says(folder, 1, 9));
  }
  SECTION("without a close, the next start makes durable what it found before it writes") {
    HighWaterMark next = Started(folder, 8);
    CHECK(Says(folder, open, 8));
    CHECK(Says(folder, 1 - open, 8));
    REQUIRE_OK(next.Note(9));
    CHECK(Says(folder, open, 8));
    CHECK(Says(folder, 1 - open, 9));
  }
}

TEST_CASE("a mark of which nothing can be read is refused") {
  const TempFolder folder;
  (void)Started(folder, 3);
  SECTION("both slots are damaged") {
    Damage(folder, 0);
    Damage(folder, 1);
  }
  SECTION("empty") { fs::resize_file(folder / "mark", 0); }
  SECTION("cut") { fs::resize_file(folder / "mark", 100); }
  const absl::Status status = Found(folder, 3);
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "delete the mark"));
}

TEST_CASE("an earlier manifest, or an earlier end of it, is refused") {
  const TempFolder folder;
  fs::create_directory(folder / "store");
  const auto lie = [&](const std::string& manifest, size_t bytes) {
    std::ofstream(folder / "store/CURRENT") << manifest << "\n";
    std::ofstream(folder / ("store/" + manifest)) << std::string(bytes, 'x');
  };
  const auto found = [&] {
    HighWaterMark mark = Mark(folder);
    REQUIRE_OK(mark.Load(/*store_exists=*/true));
    return mark.CheckManifest();
  };
  {
    HighWaterMark mark = Started(folder, 3);
    CHECK_OK(found());
    mark.SetManifest({.name = "MANIFEST-000012", .bytes = 100});
    REQUIRE_OK(mark.Note(4));
  }
  // Of two slots of one revision, as openings leave them, the later manifest counts.
  for (const char* const later : {"MANIFEST-000011", "MANIFEST-000012"}) {
    HighWaterMark mark = Mark(folder);
    REQUIRE_OK(mark.Load(/*store_exists=*/true));
    REQUIRE_OK(mark.Check(kStore, 4));
    mark.SetManifest({.name = later, .bytes = 100});
    REQUIRE_OK(mark.Start(4));
    lie("MANIFEST-000011", 100);
    if (later == std::string("MANIFEST-000012"))
      CHECK(found().code() == absl::StatusCode::kDataLoss);
  }
  lie("MANIFEST-000012", 100);
  CHECK_OK(found());
  lie("MANIFEST-000012", 101);
  CHECK_OK(found());
  lie("MANIFEST-000013", 1);
  CHECK_OK(found());
  lie("MANIFEST-1000000", 1);
  CHECK_OK(found());
  for (const bool earlier : {false, true}) {
    earlier ? lie("MANIFEST-000011", 500) : lie("MANIFEST-000012", 99);
    CHECK(found().code() == absl::StatusCode::kDataLoss);
    CHECK(absl::StrContains(found().message(), "Put the latest store back"));
  }
}

TEST_CASE(
    "a store whose manifest was cut between two records is refused, however often it was opened") {
  const TempFolder folder;
  DatabaseOptions options = {.path = folder / "store", .high_water_path = folder / "mark"};
  const int openings = GENERATE(1, 2, 3);
  for (int i = 0; i < openings; ++i) const auto store = OpenStore(options);
  for (const auto& file : fs::directory_iterator(options.path)) {
    if (!absl::StartsWith(file.path().filename().string(), "MANIFEST")) continue;
    std::ifstream in(file.path(), std::ios::binary);
    in.seekg(4);
    const int low = in.get();
    const int high = in.get();
    fs::resize_file(file.path(), 7 + static_cast<uintmax_t>(low | high << 8));
  }
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "is not the latest"));
}

TEST_CASE("a mark is for its owner's eyes only") {
  const TempFolder folder;
  (void)Started(folder, 3);
  CHECK(fs::status(folder / "mark").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

}  // namespace
}  // namespace eid::kv::testing
