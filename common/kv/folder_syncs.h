// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: what is done about a sync of the store's folder that failed. Which files
// came, went and were renamed since the sync before is then in doubt: the system may show it, take it
// for written and never write it, whatever later syncs say. So nothing may be built on it:
// - In this process every later sync of the folder fails too. What has to be sure of a new file, as a
//   write that begins a log, fails, and stops the process before anybody is answered.
// - A file in the folder (kDoubtfulNames) tells the next process, which gives every file its name once
//   more before it opens the store: then it is new, and the next sync covers it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "rocksdb/file_system.h"

namespace eid::kv {

inline constexpr char kDoubtfulNames[] = "DOUBTFUL_NAMES";

// `files`, which remember that a sync of `folder` failed.
std::shared_ptr<rocksdb::FileSystem> RememberFailedSyncs(std::shared_ptr<rocksdb::FileSystem> files,
                                                         std::string folder);

// Gives the files of a store that nobody has open their names once more, if they are in doubt, and ends
// what an earlier process began of that. A store that is open is left alone.
absl::Status RenewNames(rocksdb::FileSystem& files, const std::string& folder);

// Makes durable which files are in a folder.
absl::Status SyncFolder(rocksdb::FileSystem& files, const std::string& folder);

}  // namespace eid::kv
