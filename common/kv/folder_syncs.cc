// SPDX-License-Identifier: Apache-2.0
#include "common/kv/folder_syncs.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/fault/fault.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/sync/mutex.h"
#include "rocksdb/env.h"

namespace eid::kv {
namespace {

using rocksdb::FSDirectory;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// The second name, while a file gets its own once more.
constexpr char kAgain[] = ".again";

absl::string_view WithoutSlash(absl::string_view path) {
  while (path.size() > 1 && absl::ConsumeSuffix(&path, "/")) continue;
  return path;
}

std::string In(const std::string& folder, absl::string_view name) {
  return absl::StrCat(WithoutSlash(folder), "/", name);
}

// Whether a folder's syncs still say something. Thread-safe.
class Trust {
 public:
  Trust(std::shared_ptr<rocksdb::FileSystem> files, std::string folder)
      : files_(std::move(files)), folder_(std::move(folder)) {}

  bool IsAbout(const std::string& folder) const {
    return WithoutSlash(folder) == WithoutSlash(folder_);
  }

  // One at a time: a sync that begins when another has failed, or is about to, has nothing to say.
  template <class Sync>
  IOStatus Do(Sync sync) {
    const MutexLock lock(mu_);
    if (lost_) return IOStatus::IOError("a sync of this folder has failed before", folder_);
    const IOStatus status = sync();
    if (status.ok() || fault::Mutant("failed_folder_sync_forgotten")) return status;
    lost_ = true;
    LogEvent(Severity::kError, "store.folder_sync_failed",
             {{"path", folder_}, {"error", status.ToString()}});
    // What can be seen after this process can also be read by the next; it need not last longer.
    const rocksdb::IOStatus noted = rocksdb::WriteStringToFile(
        files_.get(), "see common/kv/folder_syncs.h\n", In(folder_, kDoubtfulNames));
    if (!noted.ok()) LOG(WARNING) << kDoubtfulNames << ": " << noted.ToString();
    return status;
  }

 private:
  const std::shared_ptr<rocksdb::FileSystem> files_;
  const std::string folder_;
  Mutex mu_;
  bool lost_ ABSL_GUARDED_BY(mu_) = false;
};

class TrustedFolder : public rocksdb::FSDirectoryWrapper {
 public:
  TrustedFolder(std::shared_ptr<Trust> trust, std::unique_ptr<FSDirectory> target)
      : FSDirectoryWrapper(std::move(target)), trust_(std::move(trust)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return trust_->Do([&] { return FSDirectoryWrapper::Fsync(options, debug); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& what) override {
    return trust_->Do(
        [&] { return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, what); });
  }

 private:
  const std::shared_ptr<Trust> trust_;
};

class RememberingFiles : public rocksdb::FileSystemWrapper {
 public:
  RememberingFiles(const std::shared_ptr<rocksdb::FileSystem>& files, std::string folder)
      : FileSystemWrapper(files), trust_(std::make_shared<Trust>(files, std::move(folder))) {}

  const char* Name() const override { return "RememberingFiles"; }

  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<FSDirectory>* result, IODebugContext* debug) override {
    std::unique_ptr<FSDirectory> target;
    const IOStatus status = FileSystemWrapper::NewDirectory(path, options, &target, debug);
    if (!status.ok()) return status;
    *result = trust_->IsAbout(path) ? std::make_unique<TrustedFolder>(trust_, std::move(target))
                                    : std::move(target);
    return status;
  }

 private:
  const std::shared_ptr<Trust> trust_;
};

// Not of the store: RocksDB's diary and its lock, and our own note.
bool IsApart(absl::string_view name) {
  return absl::StartsWith(name, "LOG") || name == "LOCK" || name == kDoubtfulNames || name == "." ||
         name == "..";
}

absl::Status Failed(absl::string_view what, const std::string& path, const IOStatus& status) {
  return absl::InternalError(absl::StrCat("Cannot ", what, " ", path, ": ", status.ToString()));
}

absl::StatusOr<std::vector<std::string>> NamesIn(rocksdb::FileSystem& files,
                                                 const std::string& folder) {
  std::vector<std::string> names;
  const IOStatus status = files.GetChildren(folder, IOOptions(), &names, nullptr);
  if (!status.ok() && !status.IsNotFound() && !status.IsPathNotFound()) {
    return Failed("list", folder, status);
  }
  return names;
}

absl::Status Rename(rocksdb::FileSystem& files, const std::string& from, const std::string& to) {
  const IOStatus status = files.RenameFile(from, to, IOOptions(), nullptr);
  return status.ok() ? absl::OkStatus() : Failed("rename", from, status);
}

// What has its second name gets its own.
absl::Status RenameBack(rocksdb::FileSystem& files, const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(files, folder));
  for (absl::string_view name : names) {
    const std::string from = In(folder, name);
    if (!absl::ConsumeSuffix(&name, kAgain)) continue;
    // Not from here then: whoever put it there knows more.
    if (files.FileExists(In(folder, name), IOOptions(), nullptr).ok()) continue;
    RETURN_IF_ERROR(Rename(files, from, In(folder, name)));
  }
  return absl::OkStatus();
}

absl::Status RenameAll(rocksdb::FileSystem& files, const std::string& folder) {
  RETURN_IF_ERROR(RenameBack(files, folder));
  const std::string note = In(folder, kDoubtfulNames);
  if (!files.FileExists(note, IOOptions(), nullptr).ok()) return absl::OkStatus();
  LogEvent(Severity::kWarning, "store.names_renewed", {{"path", folder}});
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(files, folder));
  for (const std::string& name : names) {
    if (IsApart(name)) continue;
    RETURN_IF_ERROR(Rename(files, In(folder, name), absl::StrCat(In(folder, name), kAgain)));
  }
  RETURN_IF_ERROR(RenameBack(files, folder));
  RETURN_IF_ERROR(SyncFolder(files, folder));
  const IOStatus deleted = files.DeleteFile(note, IOOptions(), nullptr);
  return deleted.ok() ? absl::OkStatus() : Failed("delete", note, deleted);
}

}  // namespace

std::shared_ptr<rocksdb::FileSystem> RememberFailedSyncs(std::shared_ptr<rocksdb::FileSystem> files,
                                                         std::string folder) {
  return std::make_shared<RememberingFiles>(files, std::move(folder));
}

absl::Status RenewNames(rocksdb::FileSystem& files, const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(files, folder));
  bool in_doubt = false;
  for (const std::string& name : names) {
    in_doubt = in_doubt || name == kDoubtfulNames || absl::EndsWith(name, kAgain);
  }
  if (!in_doubt) return absl::OkStatus();
  rocksdb::FileLock* lock = nullptr;
  // Who has it open will be told of by RocksDB.
  if (!files.LockFile(In(folder, "LOCK"), IOOptions(), &lock, nullptr).ok()) {
    return absl::OkStatus();
  }
  absl::Status renamed = RenameAll(files, folder);
  const IOStatus unlocked = files.UnlockFile(lock, IOOptions(), nullptr);
  if (renamed.ok() && !unlocked.ok()) return Failed("unlock", folder, unlocked);
  return renamed;
}

absl::Status SyncFolder(rocksdb::FileSystem& files, const std::string& folder) {
  std::unique_ptr<FSDirectory> directory;
  IOStatus status = files.NewDirectory(folder, IOOptions(), &directory, nullptr);
  if (status.ok()) status = directory->Fsync(IOOptions(), nullptr);
  return status.ok() ? absl::OkStatus() : Failed("sync the folder", folder, status);
}

}  // namespace eid::kv
