// SPDX-License-Identifier: Apache-2.0
#include "common/kv/testing/fault_files.h"

#include <unistd.h>

#include <utility>

#include "common/kv/engine.h"
#include "common/kv/testing/unsynced.h"
#include "common/log/log.h"
#include "common/sync/mutex.h"
#include "rocksdb/file_system.h"

namespace eid::kv::testing {

using rocksdb::DirFsyncOptions;
using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSRandomRWFile;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// One lock around every change: what the power leaves is the state between two of them.
class FaultFiles::State {
 public:
  explicit State(FaultPlan plan) : plan_(std::move(plan)), disk_(plan_.seed, plan_.trash) {}

  // Makes a change, unless it is the one that fails.
  template <class Change>
  IOStatus Do(Operation operation, Change change) {
    return Do(operation, std::move(change), [](Unsynced&) {});
  }
  // `half`: what the failing operation does all the same.
  template <class Change, class Half>
  IOStatus Do(Operation operation, Change change, Half half) {
    const MutexLock lock(mutex_);
    if (++operations_ == plan_.power_loss_at) End(kAsIfKilled);
    if (operation != plan_.failing || ++of_kind_ != plan_.fail_at) return change(disk_);
    failed_ = true;
    half(disk_);
    return plan_.no_space ? IOStatus::NoSpace("injected") : IOStatus::IOError("injected");
  }

  // Looks at names. Never while the power goes: nobody sees what it leaves but the next process.
  template <class Look>
  IOStatus See(Look look) {
    const MutexLock lock(mutex_);
    return look();
  }

  [[noreturn]] void LosePower(int exit_code) {
    const MutexLock lock(mutex_);
    End(exit_code);
  }
  bool failed() {
    const MutexLock lock(mutex_);
    return failed_;
  }

 private:
  static constexpr int kAsIfKilled = 137;

  [[noreturn]] void End(int exit_code) {
    disk_.LosePower();
    _exit(exit_code);
  }

  const FaultPlan plan_;
  Mutex mutex_;
  Unsynced disk_;
  uint64_t operations_ = 0;
  uint64_t of_kind_ = 0;
  bool failed_ = false;
};

namespace {

using StatePtr = std::shared_ptr<FaultFiles::State>;

IOStatus SyncFile(FaultFiles::State& state, Unsynced::File& file) {
  const auto sync = [&](Unsynced& disk) {
    disk.Sync(file);
    return IOStatus::OK();
  };
  return state.Do(Operation::kSync, sync, [&](Unsynced& disk) { disk.FailSync(file); });
}

class GrowingFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  GrowingFile(StatePtr state, Unsynced::FilePtr file, std::unique_ptr<FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)),
        state_(std::move(state)),
        file_(std::move(file)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const auto append = [&](Unsynced& disk, const Slice& bytes) {
      disk.Append(*file_, bytes.size());
      return FSWritableFileOwnerWrapper::Append(bytes, options, debug);
    };
    return state_->Do(
        Operation::kAppend, [&](Unsynced& disk) { return append(disk, data); },
        [&](Unsynced& disk) {
          const size_t written = disk.Random(data.size());
          (void)append(disk, Slice(data.data(), written));
        });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return SyncFile(*state_, *file_); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return SyncFile(*state_, *file_); }
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  const StatePtr state_;
  const Unsynced::FilePtr file_;
};

class FileInPlace : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  FileInPlace(StatePtr state, Unsynced::FilePtr file, std::unique_ptr<FSRandomRWFile> target)
      : FSRandomRWFileOwnerWrapper(std::move(target)),
        state_(std::move(state)),
        file_(std::move(file)) {}

  IOStatus Write(uint64_t offset, const Slice& data, const IOOptions& options,
                 IODebugContext* debug) override {
    return state_->Do(Operation::kAppend, [&](Unsynced& disk) {
      disk.Write(*file_, offset, ToView(data));
      return FSRandomRWFileOwnerWrapper::Write(offset, data, options, debug);
    });
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return SyncFile(*state_, *file_); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return SyncFile(*state_, *file_); }

 private:
  const StatePtr state_;
  const Unsynced::FilePtr file_;
};

class Folder : public rocksdb::FSDirectoryWrapper {
 public:
  Folder(StatePtr state, std::string path, std::unique_ptr<FSDirectory> target)
      : FSDirectoryWrapper(std::move(target)), state_(std::move(state)), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    const auto sync = [&](Unsynced& disk) {
      disk.SyncFolder(path_);
      return IOStatus::OK();
    };
    return state_->Do(Operation::kSyncFolder, sync,
                      [&](Unsynced& disk) { disk.FailSyncFolder(path_); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  const StatePtr state_;
  const std::string path_;
};

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(StatePtr state)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::move(state)) {}

  const char* Name() const override { return "FaultFiles"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* result,
                           IODebugContext* debug) override {
    return state_->Do(Operation::kOpen, [&](Unsynced& disk) {
      Unsynced::FilePtr file = disk.Create(path);
      std::unique_ptr<FSWritableFile> target;
      const IOStatus status = FileSystemWrapper::NewWritableFile(path, options, &target, debug);
      if (status.ok()) {
        *result = std::make_unique<GrowingFile>(state_, std::move(file), std::move(target));
      }
      return status;
    });
  }
  IOStatus ReopenWritableFile(const std::string&, const FileOptions&,
                              std::unique_ptr<FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("FaultFiles");
  }
  IOStatus ReuseWritableFile(const std::string&, const std::string&, const FileOptions&,
                             std::unique_ptr<FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("FaultFiles");
  }
  IOStatus NewRandomRWFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<FSRandomRWFile>* result,
                           IODebugContext* debug) override {
    return state_->Do(Operation::kOpen, [&](Unsynced& disk) {
      std::unique_ptr<FSRandomRWFile> target;
      const IOStatus status = FileSystemWrapper::NewRandomRWFile(path, options, &target, debug);
      if (status.ok()) {
        *result = std::make_unique<FileInPlace>(state_, disk.Open(path), std::move(target));
      }
      return status;
    });
  }
  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* debug) override {
    return state_->See(
        [&] { return FileSystemWrapper::NewSequentialFile(path, options, result, debug); });
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    return state_->See(
        [&] { return FileSystemWrapper::NewRandomAccessFile(path, options, result, debug); });
  }
  IOStatus FileExists(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    return state_->See([&] { return FileSystemWrapper::FileExists(path, options, debug); });
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions& options, uint64_t* size,
                       IODebugContext* debug) override {
    return state_->See([&] { return FileSystemWrapper::GetFileSize(path, options, size, debug); });
  }
  IOStatus GetChildren(const std::string& path, const IOOptions& options,
                       std::vector<std::string>* names, IODebugContext* debug) override {
    return state_->See([&] { return FileSystemWrapper::GetChildren(path, options, names, debug); });
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<FSDirectory>* result, IODebugContext* debug) override {
    std::unique_ptr<FSDirectory> target;
    const IOStatus status =
        state_->See([&] { return FileSystemWrapper::NewDirectory(path, options, &target, debug); });
    if (status.ok()) *result = std::make_unique<Folder>(state_, path, std::move(target));
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return state_->Do(Operation::kOther, [&](Unsynced& disk) {
      if (access(path.c_str(), F_OK) != 0) return IOStatus::PathNotFound(path);
      disk.Delete(path);
      return IOStatus::OK();
    });
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return state_->Do(Operation::kRename, [&](Unsynced& disk) {
      if (access(from.c_str(), F_OK) != 0) return IOStatus::PathNotFound(from);
      disk.Rename(from, to);
      return IOStatus::OK();
    });
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return state_->Do(Operation::kOther, [&](Unsynced& disk) {
      disk.Delete(path);
      return IOStatus::OK();
    });
  }
  IOStatus CreateDir(const std::string& path, const IOOptions& options,
                     IODebugContext* debug) override {
    return state_->Do(Operation::kOther, [&](Unsynced& disk) {
      disk.MakeFolder(path);
      return FileSystemWrapper::CreateDir(path, options, debug);
    });
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options,
                              IODebugContext* debug) override {
    if (access(path.c_str(), F_OK) == 0) return IOStatus::OK();
    return CreateDir(path, options, debug);
  }

 private:
  const StatePtr state_;
};

}  // namespace

FaultFiles::FaultFiles(FaultPlan plan) : state_(std::make_shared<State>(std::move(plan))) {}

FaultFiles::~FaultFiles() = default;

std::shared_ptr<rocksdb::FileSystem> FaultFiles::file_system() const {
  return std::make_shared<FaultFileSystem>(state_);
}

void FaultFiles::LosePower(int exit_code) { state_->LosePower(exit_code); }

bool FaultFiles::failed() const { return state_->failed(); }

}  // namespace eid::kv::testing
