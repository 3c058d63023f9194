// SPDX-License-Identifier: Apache-2.0
#include "common/kv/engine.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/fault/fault.h"
#include "common/kv/folder_syncs.h"
#include "common/kv/log_check.h"
#include "common/kv/log_continuity.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/sst_file_manager.h"
#include "rocksdb/table.h"
#include "rocksdb/write_buffer_manager.h"

namespace eid::kv {
namespace {

// Few, since a shard must hold whole blocks of every kind with room to spare.
constexpr int kCacheShardBits = 2;

constexpr size_t kMiB = size_t{1} << 20;

// In the order of Space. Names are on disk.
constexpr const char* kFamilies[Engine::kSpaces] = {"default", "rows", "indexes", "requests",
                                                    "feed"};

uint64_t FreeBytesAt(const std::string& path) {
  struct statvfs volume = {};
  // Where the system does not say, RocksDB's own errors have to do.
  if (statvfs(path.c_str(), &volume) != 0) return std::numeric_limits<uint64_t>::max();
  return uint64_t{volume.f_bavail} * volume.f_frsize;
}

// The same for all families, which share one cache.
rocksdb::ColumnFamilyOptions FamilyOptions(const DatabaseOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, kCacheShardBits);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // The index and the filter of a file of millions of rows are megabytes: in parts, so that a read takes
  // one part of them into the cache and not the whole, which may be more than a shard of it holds and
  // was then read and decompressed anew for every row.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_top_level_index_and_filter = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.optimize_filters_for_memory = true;
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = options.write_buffer_bytes;
  family.max_write_buffer_number = 3;
  family.arena_block_size = std::min(kMiB / 4, options.write_buffer_bytes / 8);
  // Nearly every read of a mutation looks for what is not there yet: this answers without a walk
  // through what waits in memory (docs/performance.md).
  family.memtable_whole_key_filtering = true;
  family.memtable_prefix_bloom_size_ratio = 0.02;
  family.compression = rocksdb::kLZ4Compression;
  family.level_compaction_dynamic_level_bytes = true;
  return family;
}

rocksdb::DBOptions StoreOptions() {
  rocksdb::DBOptions store;
  store.create_if_missing = true;
  store.create_missing_column_families = true;
  store.paranoid_checks = true;
  // RocksDB's default silently drops what follows a damaged byte of the log; this one refuses to
  // open, and still forgives the torn end that a crash leaves.
  store.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  if (fault::Mutant("default_wal_recovery")) {
    store.wal_recovery_mode = rocksdb::DBOptions().wal_recovery_mode;
  }
  store.track_and_verify_wals_in_manifest = true;
  // What the next start would have to replay; and what waits in memory, all families together.
  store.max_total_wal_size = 64 * kMiB;
  store.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(32 * kMiB);
  store.max_background_jobs = 2;
  store.max_file_opening_threads = 2;
  store.skip_stats_update_on_db_open = true;
  store.stats_dump_period_sec = 0;
  store.stats_persist_period_sec = 0;
  // Debian's library is built with asserts: its default would be DEBUG.
  store.info_log_level = rocksdb::InfoLogLevel::INFO_LEVEL;
  store.keep_log_file_num = 5;
  store.max_log_file_size = 4 * kMiB;
  return store;
}

absl::Status WhyNotOpen(const DatabaseOptions& options, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  // A path that is not there, as the folder is: one of the store's own files is gone.
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return absl::DataLossError(absl::StrCat("The store at ", options.path,
                                            " is damaged. Move it aside and restore the ",
                                            "latest backup. (", text, ")"));
  }
  if (absl::StrContains(text, "While lock file") || absl::StrContains(text, "lock hold by")) {
    return absl::UnavailableError(
        absl::StrCat("The store at ", options.path, " is open in another process. (", text, ")"));
  }
  if (IsOutOfSpace(status)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("No space to open the store at ", options.path, ". Free some. (", text, ")"));
  }
  if (status.IsInvalidArgument() || status.IsNotSupported()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "The store at ", options.path, " is not one that this version can open. (", text, ")"));
  }
  return absl::InternalError(absl::StrCat("Cannot open the store at ", options.path, ": ", text));
}

// The folder of a store, durably there, closed to other eyes.
absl::Status MakeFolder(rocksdb::FileSystem& files, std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const bool is_new = access(path.c_str(), F_OK) != 0;
  const rocksdb::IOStatus made = files.CreateDirIfMissing(path, rocksdb::IOOptions(), nullptr);
  if (!made.ok()) {
    return absl::InternalError(
        absl::StrCat("Cannot make the folder ", path, ": ", made.ToString()));
  }
  // RocksDB would let everybody read it.
  if (is_new && chmod(path.c_str(), S_IRWXU) != 0) {
    return absl::InternalError(
        absl::StrCat("Cannot close the folder ", path, " to others: ", std::strerror(errno)));
  }
  if (fault::Mutant("store_folder_not_synced")) return absl::OkStatus();
  const size_t slash = path.rfind('/');
  absl::Status synced =
      SyncFolder(files, slash == std::string::npos ? "." : path.substr(0, slash + 1));
  // One that may not be there after all is made anew next time: the next sync says nothing of this.
  if (!synced.ok() && is_new) (void)files.DeleteDir(path, rocksdb::IOOptions(), nullptr);
  return synced;
}

std::shared_ptr<rocksdb::FileSystem> FilesOf(const DatabaseOptions& options) {
  return options.file_system != nullptr ? options.file_system : rocksdb::FileSystem::Default();
}

// Meeting the end of the volume while it recovers, RocksDB aborts. So see first whether there is
// room for what it would write: the log as tables, and files of its own.
absl::Status CheckRoomToOpen(const DatabaseOptions& options, uint64_t free_bytes) {
  uint64_t need = 4 * kMiB;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(options.path, error)) {
    if (entry.path().extension() == ".log") need += entry.file_size(error);
  }
  if (free_bytes >= need) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("No space to open the store at ", options.path,
                                                   ": ", free_bytes, " bytes are free, it needs ",
                                                   need, ". Free some."));
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption()) {
    return absl::DataLossError(
        absl::StrCat("The store is damaged. Stop what uses it, move it aside and restore the ",
                     "latest backup. (", status.ToString(), ")"));
  }
  if (IsOutOfSpace(status)) return absl::ResourceExhaustedError(status.ToString());
  return absl::InternalError(status.ToString());
}

bool IsOutOfSpace(const rocksdb::Status& status) {
  return status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit;
}

// Knows when files came or went, and whether RocksDB has stopped for lack of space. Its
// SstFileManager goes on by itself once there is some.
class FileWatch : public rocksdb::EventListener {
 public:
  bool out_of_space() const { return out_of_space_; }
  // Whether files came or went since it was last asked.
  bool TakeFilesChanged() { return files_changed_.exchange(false); }

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
    if (IsOutOfSpace(*error)) out_of_space_ = true;
    LogEvent(Severity::kError, "store.background_error", {{"error", error->ToString()}});
  }

  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override {
    files_changed_ = true;
  }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override {
    files_changed_ = true;
  }
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override {
    if (!info.new_bg_error.ok()) return;
    out_of_space_ = false;
    LogEvent(Severity::kInfo, "store.recovered");
  }

 private:
  std::atomic<bool> out_of_space_ = false;
  std::atomic<bool> files_changed_ = true;
};

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(const DatabaseOptions& options) {
  std::unique_ptr<Engine> engine(new Engine());
  engine->file_watch_ = std::make_shared<FileWatch>();
  rocksdb::DBOptions store = StoreOptions();
  store.listeners.push_back(engine->file_watch_);
  engine->log_continuity_ = std::make_unique<LogContinuity>();
  store.wal_filter = engine->log_continuity_.get();
  if (options.in_memory) {
    engine->env_.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  } else {
    engine->env_ = rocksdb::NewCompositeEnv(RememberFailedSyncs(FilesOf(options), options.path));
  }
  store.env = engine->env_.get();
  if (!options.in_memory) {
    RETURN_IF_ERROR(MakeFolder(*store.env->GetFileSystem(), options.path));
    RETURN_IF_ERROR(CheckLogs(options.path));
    store.sst_file_manager.reset(rocksdb::NewSstFileManager(store.env));
  }
  engine->free_bytes_ = options.free_bytes;
  engine->min_free_bytes_ = options.min_free_bytes;
  if (!options.free_bytes && !options.in_memory) {
    engine->free_bytes_ = [path = options.path] { return FreeBytesAt(path); };
  }
  if (!options.in_memory) RETURN_IF_ERROR(CheckRoomToOpen(options, engine->free_bytes_()));

  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  const rocksdb::ColumnFamilyOptions family = FamilyOptions(options);
  for (const char* const name : kFamilies) families.emplace_back(name, family);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const std::string path = options.in_memory ? "/store" : options.path;
  const rocksdb::Status status = rocksdb::DB::Open(store, path, families, &handles, &db);
  if (!status.ok()) return WhyNotOpen(options, status);
  engine->db_.reset(db);
  for (size_t i = 0; i < handles.size(); ++i) engine->families_[i] = handles[i];
  return engine;
}

absl::Status Engine::RenewNames(const DatabaseOptions& options) {
  if (options.in_memory) return absl::OkStatus();
  return kv::RenewNames(*FilesOf(options), options.path);
}

bool Engine::Exists(const DatabaseOptions& options) {
  return !options.in_memory && access((options.path + "/CURRENT").c_str(), F_OK) == 0;
}

Engine::~Engine() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* const family : families_) {
    if (family != nullptr) (void)db_->DestroyColumnFamilyHandle(family);
  }
  const rocksdb::Status status = db_->Close();
  if (!status.ok()) LOG(WARNING) << "closing the store: " << status.ToString();
}

std::optional<ManifestPlace> Engine::NewManifestPlace() const {
  if (!file_watch_->TakeFilesChanged()) return std::nullopt;
  ManifestPlace place;
  std::vector<std::string> files;
  if (!db_->GetLiveFiles(files, &place.bytes, /*flush_memtable=*/false).ok()) return std::nullopt;
  for (const std::string& file : files) {
    if (absl::StartsWith(file, "/MANIFEST-")) place.name = file.substr(1);
  }
  return place;
}

bool Engine::HasSpace() const {
  if (fault::Mutant("space_not_watched")) return true;
  if (file_watch_->out_of_space()) return false;
  return !free_bytes_ || free_bytes_() >= min_free_bytes_;
}

}  // namespace eid::kv
