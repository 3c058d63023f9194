// SPDX-License-Identifier: Apache-2.0
// A file system for a store (DatabaseOptions::file_system) on which things go wrong at a chosen
// moment: the power goes, or one operation fails. The files are real; nothing is really synced, so
// it is quick. For a process of its own, since the power is lost by ending it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rocksdb {
class FileSystem;
}

namespace eid::kv::testing {

enum class Operation { kAppend, kSync, kRename, kOpen, kSyncFolder, kOther };

struct FaultPlan {
  uint64_t seed = 1;
  // A folder on the store's volume that the file system may use.
  std::string trash;
  // The power goes just before the n-th operation that changes anything. 0: not by itself.
  uint64_t power_loss_at = 0;
  // The n-th operation of this kind fails, once: an append after some of its bytes, a sync with the
  // bytes or names it was asked for lost or not, whatever later ones say. 0: none.
  Operation failing = Operation::kOther;
  uint64_t fail_at = 0;
  // It fails for lack of space instead of an error of the device.
  bool no_space = false;
};

// Thread-safe.
class FaultFiles {
 public:
  explicit FaultFiles(FaultPlan plan);
  ~FaultFiles();
  FaultFiles(const FaultFiles&) = delete;
  FaultFiles& operator=(const FaultFiles&) = delete;

  std::shared_ptr<rocksdb::FileSystem> file_system() const;

  // The power goes now; the process ends with the exit code.
  [[noreturn]] void LosePower(int exit_code);

  // Whether the operation that was to fail has been met.
  bool failed() const;

  class State;

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace eid::kv::testing
