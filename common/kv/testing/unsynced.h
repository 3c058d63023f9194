// SPDX-License-Identifier: Apache-2.0
// What a disk would forget if its power went: which bytes and which names of files nobody has synced
// yet. The files themselves are real ones; LosePower takes away from them what was not durable.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace eid::kv::testing {

// Told of every change before or while it is made; for one thread at a time. A file or folder that
// it was never told of is durable as it is.
class Unsynced {
 public:
  // Doubtful: of a sync that failed.
  enum State { kUnsynced, kDoubtful, kDurable };
  struct InPlace {
    State state;
    uint64_t offset;
    std::string bytes;
  };
  struct File {
    std::string path;
    // Of a file that only grows. What lies before `durable` stays, but for `doubtful`: from and until
    // where a sync failed.
    uint64_t size = 0;
    uint64_t durable = 0;
    std::vector<std::pair<uint64_t, uint64_t>> doubtful;
    // Of a file that is written in place: as it was at the last sync before one failed, and what came
    // after.
    std::string image;
    std::vector<InPlace> writes;
  };
  using FilePtr = std::shared_ptr<File>;

  // `trash`: a folder on the same volume, for files that are deleted and might be there again.
  Unsynced(uint64_t seed, std::string trash) : random_(seed), trash_(std::move(trash)) {}

  // A new file, empty. One that is there under this name makes room for it.
  FilePtr Create(const std::string& path);
  // One that is there, to be written in place.
  FilePtr Open(const std::string& path);
  void Append(File& file, size_t bytes) { file.size += bytes; }
  void Write(File& file, uint64_t offset, absl::string_view bytes);
  void Sync(File& file);
  // As after an fsync that failed on Linux: what was written since the last sync is taken for clean,
  // wherever it is. It may be lost and it may be there; no later sync writes it again.
  void FailSync(File& file);

  void MakeFolder(const std::string& path);
  // These do it themselves.
  void Rename(const std::string& from, const std::string& to);
  void Delete(const std::string& path);
  void SyncFolder(const std::string& path);
  // As of a file: the changes of names since the last sync may be lost and may be there, and no later
  // sync writes them again. What a later one covers is there all the same.
  void FailSyncFolder(const std::string& path);

  // Bytes that are not durable go, or stay up to any byte; where a sync failed and a later one did
  // not, zeros may be left in the place of bytes. Names that are not durable go, or stay from the oldest
  // on, as journals write them; so do those of failed syncs, by themselves.
  void LosePower();

  uint64_t Random(uint64_t most) {
    return std::uniform_int_distribution<uint64_t>(0, most)(random_);
  }

 private:
  // What a name stands for: a file, or a folder with all that is in it. 0: nothing.
  using Thing = uint64_t;
  using Names = std::map<std::string, Thing>;
  // Changes of names that are made together.
  struct Change {
    State state;
    Names names;
  };
  struct Folder {
    // What the names stood for before the changes.
    Names durable;
    std::vector<Change> changes;
  };

  Thing ThingAt(const std::string& path);
  // Before it is made.
  void Record(const std::string& folder, Names names);
  void Move(const std::string& from, const std::string& to);
  void MoveToTrash(const std::string& path);
  // Things that no folder can name again.
  void EmptyTrash();
  Names NamesLeft(const Folder& folder);
  void SetNames(const Names& names);
  void Tear(File& file);
  void TearInPlace(File& file);

  std::mt19937_64 random_;
  const std::string trash_;
  uint64_t in_trash_ = 0;
  std::map<std::string, FilePtr> files_;
  std::map<std::string, Folder> folders_;
  Thing last_thing_ = 0;
  // Where things are now: under the last of their names, or in the trash.
  Names things_;
  std::map<Thing, std::string> paths_;
};

}  // namespace eid::kv::testing
