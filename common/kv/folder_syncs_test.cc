// SPDX-License-Identifier: Apache-2.0
// What is done about a sync of a folder that failed. That nothing acknowledged is lost by it, the
// scenario io_error_nth of tests/crash/store shows.
#include "common/kv/folder_syncs.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "common/kv/testing/fault_files.h"
#include "common/kv/testing/things.h"

namespace eid::kv {
namespace {

namespace fs = std::filesystem;
using testing::FaultFiles;
using testing::MakeThing;
using testing::Operation;
using testing::TempFolder;
using testing::Things;
using testing::Value;

using Files = std::map<std::string, std::string>;

void Write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

// Names and contents.
Files FilesIn(const std::string& folder) {
  Files files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename() == "LOCK") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().filename()] = std::string(std::istreambuf_iterator<char>(file), {});
  }
  return files;
}

// A volume with a store's folder, on which the n-th sync of a folder fails.
struct Volume {
  explicit Volume(uint64_t fail_at)
      : faults({.trash = root / "trash", .failing = Operation::kSyncFolder, .fail_at = fail_at}) {
    fs::create_directory(root / "trash");
    fs::create_directory(root / "mark");
  }
  DatabaseOptions Options() const {
    return {.path = root / "store",
            .high_water_path = root / "mark/mark",
            .file_system = faults.file_system()};
  }

  const TempFolder root;
  const FaultFiles faults;
};

absl::Status PutThing(Database& store, const std::string& id) {
  return store.TransactAndWait([&](Txn& txn) { return Things().Insert(txn, MakeThing(id)); })
      .status();
}

TEST_CASE("after one sync of the folder has failed, none succeeds in this process") {
  Volume volume(2);
  const std::string folder = volume.root / "store";
  const std::string other = volume.root / "mark";
  fs::create_directory(folder);
  const auto files = RememberFailedSyncs(volume.faults.file_system(), folder + "/");
  CHECK_OK(SyncFolder(*files, folder));
  CHECK(FilesIn(folder).empty());
  CHECK(SyncFolder(*files, folder).code() == absl::StatusCode::kInternal);
  // The disk would say yes.
  CHECK_OK(SyncFolder(*volume.faults.file_system(), folder));
  CHECK(SyncFolder(*files, folder).code() == absl::StatusCode::kInternal);
  CHECK(SyncFolder(*files, folder + "/").code() == absl::StatusCode::kInternal);
  CHECK_OK(SyncFolder(*files, other));
  CHECK(FilesIn(folder).count(kDoubtfulNames) == 1);
  CHECK(FilesIn(other).empty());
}

TEST_CASE("names in doubt are given once more, and what an earlier process began is ended") {
  const TempFolder root;
  const auto files = rocksdb::FileSystem::Default();
  const std::string folder = root / "store";
  CHECK_OK(RenewNames(*files, folder));  // is not there
  fs::create_directory(folder);
  const Files store = {{"000007.sst", "table"}, {"CURRENT", "MANIFEST-000005\n"}, {"LOG", "diary"}};
  for (const auto& [name, content] : store) Write(folder + "/" + name, content);
  CHECK_OK(RenewNames(*files, folder));
  CHECK(FilesIn(folder) == store);

  Write(folder + "/" + kDoubtfulNames, "");
  CHECK_OK(RenewNames(*files, folder));
  CHECK(FilesIn(folder) == store);

  fs::rename(folder + "/CURRENT", folder + "/CURRENT.again");
  CHECK_OK(RenewNames(*files, folder));
  CHECK(FilesIn(folder) == store);

  // Nobody knows where this comes from; what has the name keeps it.
  Write(folder + "/CURRENT.again", "MANIFEST-000001\n");
  CHECK_OK(RenewNames(*files, folder));
  CHECK(FilesIn(folder).at("CURRENT") == "MANIFEST-000005\n");
}

TEST_CASE("names stay in doubt while the folder cannot be synced") {
  Volume volume(1);
  const std::string folder = volume.root / "store";
  fs::create_directory(folder);
  Write(folder + "/000007.sst", "table");
  Write(folder + "/" + kDoubtfulNames, "");
  const Files before = FilesIn(folder);
  CHECK(RenewNames(*volume.faults.file_system(), folder).code() == absl::StatusCode::kInternal);
  CHECK(FilesIn(folder) == before);
  CHECK_OK(RenewNames(*volume.faults.file_system(), folder));
  CHECK(FilesIn(folder) == Files{{"000007.sst", "table"}});
}

TEST_CASE("a store whose names are in doubt is opened with all that is in it") {
  Volume volume(0);
  {
    const auto store = Value(Database::Open(volume.Options()));
    CHECK_OK(PutThing(*store, "a"));
    // Somebody has it open: its names are left alone, and whoever comes is told so.
    Write(volume.root / "store/" + kDoubtfulNames, "");
    CHECK(Database::Open(volume.Options()).status().code() == absl::StatusCode::kUnavailable);
    CHECK(FilesIn(volume.root / "store").count(kDoubtfulNames) == 1);
    CHECK_OK(PutThing(*store, "b"));
  }
  const auto store = Value(Database::Open(volume.Options()));
  CHECK(FilesIn(volume.root / "store").count(kDoubtfulNames) == 0);
  CHECK_OK(Things().Get(*store->Read(), KeyOf("a")));
  CHECK_OK(Things().Get(*store->Read(), KeyOf("b")));
}

TEST_CASE("a sync of a folder that fails while a store is made leaves nothing to be built on") {
  // Whichever it is of: the folder's parent, the folder, the mark's.
  int refused = 0;
  for (uint64_t n = 1; n <= 30; ++n) {
    Volume volume(n);
    const auto first = Database::Open(volume.Options());
    if (first.ok()) break;
    ++refused;
    INFO(n);
    CHECK(first.status().code() == absl::StatusCode::kInternal);
    // What is in doubt is not there, or has a note beside it.
    const bool has_store = fs::exists(volume.root / "store");
    const bool has_note = fs::exists(volume.root / "store/" + kDoubtfulNames);
    const bool is_whole = fs::exists(volume.root / "store/CURRENT");
    CHECK((!has_store || has_note || is_whole));
    CHECK_FALSE(fs::exists(volume.root / "mark/mark"));
    CHECK_OK(PutThing(*Value(Database::Open(volume.Options())), "a"));
    CHECK(FilesIn(volume.root / "store").count(kDoubtfulNames) == 0);
    CHECK(fs::exists(volume.root / "mark/mark"));
  }
  CHECK(refused >= 3);
}

}  // namespace
}  // namespace eid::kv
