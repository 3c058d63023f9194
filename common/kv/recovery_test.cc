// SPDX-License-Identifier: Apache-2.0
// What is still there after a crash, damage, or somebody's hand in the files.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/fault/fault.h"
#include "common/kv/testing/files.h"
#include "common/kv/testing/things.h"
#include "common/status/macros.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

namespace fs = std::filesystem;

DatabaseOptions At(const TempFolder& folder) {
  return {.path = folder / "store", .high_water_path = folder / "mark"};
}

Database::Body Insert(std::string id) {
  return [id = std::move(id)](Txn& txn) { return Things().Insert(txn, MakeThing(id)); };
}

// A closed store with rows "0" to "count - 1", one transaction each.
void MakeStore(const DatabaseOptions& options, int count) {
  const auto store = OpenStore(options);
  for (int i = 0; i < count; ++i) REQUIRE_OK(store->TransactAndWait(Insert(absl::StrCat(i))));
}

bool Has(Database& store, const std::string& id) {
  return Value(Things().Has(*store.Read(), KeyOf(id)));
}

TEST_CASE("everything is there after closing and opening") {
  const TempFolder folder;
  MakeStore(At(folder), 3);
  const auto store = OpenStore(At(folder));
  CHECK(store->revision() == 3);
  CHECK(Has(*store, "2"));
  CHECK(Value(store->TransactAndWait(Insert("3"))) == 4);
}

TEST_CASE("a store is for its owner's eyes only") {
  const TempFolder folder;
  MakeStore(At(folder), 1);
  CHECK(fs::status(folder / "store").permissions() == fs::perms::owner_all);
  CHECK_FALSE(Database::Open({.path = folder / "nowhere/store"}).ok());
}

TEST_CASE("a store is open once") {
  const TempFolder folder;
  const auto store = OpenStore(At(folder));
  CHECK(Database::Open(At(folder)).status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a flipped byte in the log is refused") {
  const TempFolder folder;
  const DatabaseOptions options = {.path = folder / "store"};
  MakeStore(options, 20);
  const fs::path log = LogOf(options);
  FlipByte(log, fs::file_size(log) / 2);
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "restore"));
}

TEST_CASE("a file of the store that is gone is refused with what to do") {
  const TempFolder folder;
  const DatabaseOptions options = {.path = folder / "store"};
  MakeStore(options, 3);
  for (const auto& file : fs::directory_iterator(options.path)) {
    if (absl::StartsWith(file.path().filename().string(), "MANIFEST")) fs::remove(file.path());
  }
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "restore the latest backup"));
}

TEST_CASE("a store is not opened where there is no room for what opening writes") {
  const TempFolder folder;
  DatabaseOptions options = At(folder);
  MakeStore(options, 3);
  options.free_bytes = [] { return uint64_t{100'000}; };
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(absl::StrContains(status.message(), "Free some"));
}

TEST_CASE("damage that is met on reading says what to do") {
  const TempFolder folder;
  // Small enough to become files at once.
  DatabaseOptions options = At(folder);
  options.write_buffer_bytes = size_t{64} << 10;
  {
    const auto store = OpenStore(options);
    for (int i = 0; i < 30; ++i) {
      Thing thing = MakeThing(absl::StrCat(i));
      thing.set_text(std::string(10'000, static_cast<char>('a' + i % 26)));
      REQUIRE_OK(store->TransactAndWait([&](Txn& txn) { return Things().Insert(txn, thing); }));
    }
  }
  // The next start makes tables of what the log has.
  { const auto store = OpenStore(options); }
  fs::path largest;
  for (const auto& file : fs::directory_iterator(options.path)) {
    if (file.path().extension() != ".sst") continue;
    if (largest.empty() || fs::file_size(largest) < file.file_size()) largest = file.path();
  }
  REQUIRE_FALSE(largest.empty());
  FlipByte(largest, 10);
  const auto store = OpenStore(options);
  const absl::Status status =
      Things().Scan(*store->Read(), {}, [](const Thing&, absl::string_view) { return true; });
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "restore the latest backup"));
}

TEST_CASE("records missing in the middle of the logs are refused, though the latest are there") {
  const TempFolder folder;
  // No mark: it would not know, since the revision is the latest.
  DatabaseOptions options = {.path = folder / "store"};
  options.write_buffer_bytes = size_t{64} << 10;
  fs::path earlier;
  {
    const auto store = OpenStore(options);
    const auto logs = [&] {
      size_t count = 0;
      for (const auto& file : fs::directory_iterator(options.path)) {
        count += file.path().extension() == ".log" && file.file_size() > 0;
      }
      return count;
    };
    // The changes of the requests' space fill no file, so their log stays when the next begins.
    for (int i = 0; logs() < 2; ++i) {
      REQUIRE(i < 100);
      REQUIRE_OK(store->TransactAndWait([&](Txn& txn) {
        txn.Put(Space::kRequests, absl::StrCat(i), "kept");
        txn.Put(Space::kRows, absl::StrCat(i), std::string(5000, 'x'));
        return absl::OkStatus();
      }));
    }
    earlier = LogOf(options);
  }
  for (const auto& file : fs::directory_iterator(options.path)) {
    if (file.path().extension() == ".log" && file.path() < earlier) earlier = file.path();
  }
  SECTION("the length of one is damaged") { LengthenLastRecord(earlier); }
  SECTION("one is zeros") { ForgetLastRecord(earlier); }
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "restore the latest backup"));
}

TEST_CASE("a store that has its latest batch but not the one before is refused") {
  const TempFolder folder;
  const DatabaseOptions options = {.path = folder / "store"};
  MakeStore(options, 6);
  REQUIRE(OpenStore(options)->revision() == 6);
  {
    // What batch 6 left is batch 2's again, as if its log had gone.
    const auto store = OpenStore(options);
    REQUIRE_OK(store->TransactAndWait([](Txn& txn) {
      txn.Put(Space::kMeta, "batch 2", "2");
      return absl::OkStatus();
    }));
  }
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "number 6 is missing"));
  CHECK(absl::StrContains(status.message(), "restore the latest backup"));
}

TEST_CASE("a torn end of the log is forgiven where nothing says that it was durable") {
  const TempFolder folder;
  const DatabaseOptions options = {.path = folder / "store"};
  MakeStore(options, 5);
  const fs::path log = LogOf(options);
  fs::resize_file(log, fs::file_size(log) - 3);
  const auto store = OpenStore(options);
  CHECK(store->revision() == 4);
  CHECK(Has(*store, "3"));
  CHECK_FALSE(Has(*store, "4"));
}

TEST_CASE("the high-water mark finds out what is missing") {
  const TempFolder folder;
  MakeStore(At(folder), 3);
  std::string expected;
  SECTION("a torn end of the log") {
    const fs::path log = LogOf(At(folder));
    fs::resize_file(log, fs::file_size(log) - 3);
    expected = "1 changes are missing";
  }
  SECTION("the log is gone") { fs::remove(LogOf(At(folder))); }
  SECTION("an older copy") {
    fs::copy(folder / "store", folder / "copy", fs::copy_options::recursive);
    {
      const auto store = OpenStore(At(folder));
      REQUIRE_OK(store->TransactAndWait(Insert("late")));
    }
    fs::remove_all(folder / "store");
    fs::rename(folder / "copy", folder / "store");
    expected = "is not the latest";
  }
  SECTION("the store is missing") {
    fs::remove_all(folder / "store");
    expected = "There is no store";
  }
  SECTION("another store") {
    fs::remove_all(folder / "store");
    MakeStore({.path = folder / "store"}, 9);
    expected = "is not the one";
  }
  SECTION("the mark is damaged") {
    FlipByte(folder / "mark", 70);
    FlipByte(folder / "mark", fs::file_size(folder / "mark") - 450);
    expected = "is damaged";
  }
  const absl::Status status = Database::Open(At(folder)).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), expected));
  CHECK(absl::StrContains(status.message(), "delete the mark"));

  // What the sentence says helps.
  fs::remove(folder / "mark");
  CHECK_OK(Database::Open(At(folder)));
}

TEST_CASE("what was answered is missed though the process had no time to close") {
  const TempFolder folder;
  const auto store = OpenStore(At(folder));
  for (int i = 0; i < 5; ++i) REQUIRE_OK(store->TransactAndWait(Insert(absl::StrCat(i))));
  // What kill -9 would leave now: the kernel has every write.
  const DatabaseOptions left = {.path = folder / "left", .high_water_path = folder / "left-mark"};
  fs::copy(folder / "store", folder / "left", fs::copy_options::recursive);
  fs::copy(folder / "mark", folder / "left-mark");
  const fs::path log = LogOf(left);
  SECTION("nothing") {
    const auto again = OpenStore(left);
    CHECK(again->revision() == 5);
    return;
  }
  SECTION("the end of the log is gone") { fs::resize_file(log, fs::file_size(log) - 3); }
  SECTION("the last record says that it is longer than the log, so the log seems torn") {
    LengthenLastRecord(log);
  }
  const absl::Status status = Database::Open(left).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "1 changes are missing"));
}

TEST_CASE("the high-water mark's folder must be there") {
  const TempFolder folder;
  DatabaseOptions nowhere = At(folder);
  nowhere.high_water_path = folder / "nowhere/mark";
  CHECK_FALSE(Database::Open(nowhere).ok());
}

TEST_CASE("a store of a newer version is refused, one of an older is brought up") {
  const TempFolder folder;
  DatabaseOptions options = At(folder);
  MakeStore(options, 1);
  std::vector<std::string> ran;
  const auto migration = [&](std::string name) {
    return [&ran, name](Txn& txn, std::string&) -> absl::StatusOr<bool> {
      ran.push_back(name);
      RETURN_IF_ERROR(Things().Put(txn, MakeThing(name)));
      return true;
    };
  };
  options.schema_version = 3;
  CHECK(Database::Open(options).status().code() == absl::StatusCode::kInvalidArgument);

  options.migrations = {migration("to 2"), [](Txn&, std::string&) -> absl::StatusOr<bool> {
                          return absl::AbortedError("not today");
                        }};
  CHECK(Database::Open(options).status().code() == absl::StatusCode::kAborted);
  // The step that succeeded is not repeated.
  options.migrations[1] = migration("to 3");
  {
    const auto store = OpenStore(options);
    CHECK(Has(*store, "to 2"));
    CHECK(Has(*store, "to 3"));
  }
  CHECK_OK(Database::Open(options));
  CHECK(ran == std::vector<std::string>{"to 2", "to 3"});

  options.schema_version = 2;
  const absl::Status newer = Database::Open(options).status();
  CHECK(newer.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(absl::StrContains(newer.message(), "newer version"));
}

// Started by the test below as a process of its own; ends at its fail point.
TEST_CASE("child: writes until its fail point ends it", "[.child]") {
  const char* const path = std::getenv("KV_TEST_FOLDER");
  REQUIRE(path != nullptr);
  const std::string folder = path;
  const auto store = OpenStore({.path = folder + "/store", .high_water_path = folder + "/mark"});
  const int acknowledged = open((folder + "/acknowledged").c_str(), O_WRONLY | O_CREAT, 0600);
  for (int i = 0; i < 100; ++i) {
    Outcome first;
    Outcome second;
    {
      const BusyWriter busy(*store);
      store->Transact(Insert(absl::StrCat("first", i)), first.Callback());
      store->Transact(Insert(absl::StrCat("second", i)), second.Callback());
    }
    REQUIRE_OK(first.Get());
    REQUIRE_OK(second.Get());
    REQUIRE(write(acknowledged, "x", 1) == 1);
  }
}

// Runs the child until its fail point; returns how many pairs it got acknowledged.
uint64_t RunChild(const TempFolder& folder, const std::string& fail_point) {
  const std::string self = fs::read_symlink("/proc/self/exe");
  std::vector<std::string> arguments = {self, "child: writes until its fail point ends it"};
  std::vector<std::string> environment = {"EID_FAILPOINT=" + fail_point,
                                          "KV_TEST_FOLDER=" + folder / ""};
  const auto pointers = [](std::vector<std::string>& strings) {
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (std::string& string : strings) result.push_back(string.data());
    result.push_back(nullptr);
    return result;
  };
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, self.c_str(), nullptr, nullptr, pointers(arguments).data(),
                      pointers(environment).data()) == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 137);
  return fs::exists(folder / "acknowledged") ? fs::file_size(folder / "acknowledged") : 0;
}

TEST_CASE("after a crash everything acknowledged is there, and a batch is there whole or not") {
  struct Case {
    std::string fail_point;
    uint64_t acknowledged;
    uint64_t there;
  };
  const auto test = GENERATE(values<Case>({{"before_write:1", 0, 0},
                                           {"before_write:5", 4, 4},
                                           {"mid_batch:1", 0, 0},
                                           {"after_write:5", 4, 5}}));
  CAPTURE(test.fail_point);
  if (!fault::kEnabled) return;
  const TempFolder folder;
  CHECK(RunChild(folder, test.fail_point) == test.acknowledged);
  const auto store = OpenStore(At(folder));
  CHECK(store->revision() == 2 * test.there);
  for (uint64_t i = 0; i < 6; ++i) {
    CHECK(Has(*store, absl::StrCat("first", i)) == (i < test.there));
    CHECK(Has(*store, absl::StrCat("second", i)) == (i < test.there));
  }
}

}  // namespace
}  // namespace eid::kv::testing
