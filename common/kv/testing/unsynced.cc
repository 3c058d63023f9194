// SPDX-License-Identifier: Apache-2.0
#include "common/kv/testing/unsynced.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"

namespace eid::kv::testing {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& path) { return fs::path(path).parent_path().string(); }

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void Put(std::string& image, uint64_t offset, absl::string_view bytes) {
  if (image.size() < offset + bytes.size()) image.resize(offset + bytes.size());
  image.replace(offset, bytes.size(), bytes.data(), bytes.size());
}

void PutZeros(const std::string& path, uint64_t begin, uint64_t end) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(begin));
  file << std::string(end - begin, '\0');
}

// RocksDB's own diary: nobody needs it after a crash.
bool IsDiary(const std::string& path) {
  return absl::StartsWith(fs::path(path).filename().string(), "LOG");
}

}  // namespace

Unsynced::FilePtr Unsynced::Create(const std::string& path) {
  if (!IsDiary(path)) {
    const Thing thing = ++last_thing_;
    Record(FolderOf(path), {{path, thing}});
    if (ThingAt(path) != 0) MoveToTrash(path);
    things_[path] = thing;
    paths_[thing] = path;
  }
  FilePtr& file = files_[path];
  file = std::make_shared<File>();
  file->path = path;
  return file;
}

Unsynced::FilePtr Unsynced::Open(const std::string& path) {
  FilePtr& file = files_[path];
  if (file == nullptr) file = std::make_shared<File>();
  file->path = path;
  if (file->writes.empty()) file->image = ReadAll(path);
  return file;
}

void Unsynced::Write(File& file, uint64_t offset, absl::string_view bytes) {
  file.writes.push_back({kUnsynced, offset, std::string(bytes)});
}

void Unsynced::Sync(File& file) {
  file.durable = file.size;
  for (InPlace& write : file.writes) {
    if (write.state == kUnsynced) write.state = kDurable;
  }
  auto& writes = file.writes;
  const auto doubtful = std::find_if(writes.begin(), writes.end(),
                                     [](const InPlace& write) { return write.state == kDoubtful; });
  for (auto it = writes.begin(); it != doubtful; ++it) Put(file.image, it->offset, it->bytes);
  writes.erase(writes.begin(), doubtful);
}

void Unsynced::FailSync(File& file) {
  const uint64_t begin =
      std::max(file.durable, file.doubtful.empty() ? 0 : file.doubtful.back().second);
  if (begin < file.size) file.doubtful.emplace_back(begin, file.size);
  for (InPlace& write : file.writes) {
    if (write.state == kUnsynced) write.state = kDoubtful;
  }
}

void Unsynced::MakeFolder(const std::string& path) {
  const std::string name = WithoutSlash(path);
  const Thing thing = ++last_thing_;
  Record(FolderOf(name), {{name, thing}});
  things_[name] = thing;
  paths_[thing] = name;
}

void Unsynced::Rename(const std::string& from, const std::string& to) {
  if (!IsDiary(from)) {
    Record(FolderOf(to), {{from, 0}, {to, ThingAt(from)}});
    if (ThingAt(to) != 0) MoveToTrash(to);
  }
  Move(from, to);
}

void Unsynced::Delete(const std::string& path) {
  if (IsDiary(path)) {
    fs::remove(path);
    return;
  }
  Record(FolderOf(path), {{path, 0}});
  MoveToTrash(path);
}

void Unsynced::SyncFolder(const std::string& path) {
  const auto found = folders_.find(WithoutSlash(path));
  if (found == folders_.end()) return;
  Folder& folder = found->second;
  for (Change& change : folder.changes) {
    if (change.state == kUnsynced) change.state = kDurable;
  }
  const auto doubtful =
      std::find_if(folder.changes.begin(), folder.changes.end(),
                   [](const Change& change) { return change.state == kDoubtful; });
  for (auto it = folder.changes.begin(); it != doubtful; ++it) {
    for (const auto& [name, thing] : it->names) folder.durable[name] = thing;
  }
  folder.changes.erase(folder.changes.begin(), doubtful);
  if (folder.changes.empty()) folders_.erase(found);
  EmptyTrash();
}

void Unsynced::FailSyncFolder(const std::string& path) {
  for (Change& change : folders_[WithoutSlash(path)].changes) {
    if (change.state == kUnsynced) change.state = kDoubtful;
  }
}

Unsynced::Thing Unsynced::ThingAt(const std::string& path) {
  const auto found = things_.find(path);
  if (found != things_.end()) return found->second;
  if (access(path.c_str(), F_OK) != 0) return 0;
  things_[path] = ++last_thing_;
  paths_[last_thing_] = path;
  return last_thing_;
}

void Unsynced::Record(const std::string& folder, Names names) {
  Folder& changed = folders_[folder];
  for (const auto& [name, thing] : names) changed.durable.emplace(name, ThingAt(name));
  changed.changes.push_back({kUnsynced, std::move(names)});
}

void Unsynced::Move(const std::string& from, const std::string& to) {
  CHECK(std::rename(from.c_str(), to.c_str()) == 0) << from << " to " << to;
  const auto thing = things_.find(from);
  if (thing != things_.end()) {
    paths_[thing->second] = to;
    things_[to] = thing->second;
    things_.erase(from);
  }
  const auto found = files_.find(from);
  if (found == files_.end()) {
    files_.erase(to);
    return;
  }
  FilePtr file = std::move(found->second);
  files_.erase(found);
  file->path = to;
  files_[to] = std::move(file);
}

void Unsynced::MoveToTrash(const std::string& path) {
  Move(path, absl::StrCat(trash_, "/", ++in_trash_));
}

void Unsynced::EmptyTrash() {
  std::set<Thing> named;
  const auto add = [&](const Names& names) {
    for (const auto& [name, thing] : names) named.insert(thing);
  };
  for (const auto& [path, folder] : folders_) {
    add(folder.durable);
    for (const Change& change : folder.changes) add(change.names);
  }
  for (auto it = paths_.begin(); it != paths_.end();) {
    const auto& [thing, path] = *it;
    if (FolderOf(path) != trash_ || named.count(thing) > 0) {
      ++it;
      continue;
    }
    fs::remove_all(path);
    files_.erase(path);
    things_.erase(path);
    it = paths_.erase(it);
  }
}

void Unsynced::LosePower() {
  // What lies in a folder before the folder.
  for (auto it = folders_.rbegin(); it != folders_.rend(); ++it) SetNames(NamesLeft(it->second));
  folders_.clear();
  EmptyTrash();
  for (const auto& [path, file] : files_) {
    if (access(path.c_str(), F_OK) == 0) Tear(*file);
  }
}

Unsynced::Names Unsynced::NamesLeft(const Folder& folder) {
  Names left = folder.durable;
  const auto& changes = folder.changes;
  for (auto it = changes.begin(); it != changes.end();) {
    const auto end = std::find_if(it, changes.end(),
                                  [&](const Change& change) { return change.state != it->state; });
    const auto all = static_cast<uint64_t>(end - it);
    const uint64_t stay = it->state == kDurable ? all : Random(1) == 0 ? 0 : Random(all);
    std::for_each(it, it + static_cast<std::ptrdiff_t>(stay), [&](const Change& change) {
      for (const auto& [name, thing] : change.names) left[name] = thing;
    });
    it = end;
  }
  return left;
}

void Unsynced::SetNames(const Names& names) {
  for (const auto& [name, thing] : names) {
    if (ThingAt(name) != thing && ThingAt(name) != 0) MoveToTrash(name);
  }
  for (const auto& [name, thing] : names) {
    if (ThingAt(name) == thing) continue;
    const std::string path = paths_.at(thing);
    if (FolderOf(path) == trash_) {
      Move(path, name);
    } else {
      // The name that a lost rename would have taken away is there as well.
      fs::create_hard_link(path, name);
    }
  }
}

void Unsynced::Tear(File& file) {
  if (!file.writes.empty()) {
    TearInPlace(file);
    return;
  }
  for (const auto& [begin, end] : file.doubtful) {
    // Else it is a part of the end that nobody has synced.
    if (end > file.durable || Random(2) == 0) continue;
    PutZeros(file.path, begin + (Random(1) == 0 ? 0 : Random(end - begin)), end);
  }
  if (file.durable >= file.size) return;
  const uint64_t lost = file.size - file.durable;
  fs::resize_file(file.path, file.durable + (Random(2) == 0 ? 0 : Random(lost)));
}

void Unsynced::TearInPlace(File& file) {
  for (const auto& [state, offset, bytes] : file.writes) {
    size_t begin = 0;
    size_t end = bytes.size();
    if (state != kDurable) {
      if (Random(2) == 0) continue;
      begin = Random(1) == 0 ? 0 : Random(bytes.size());
      end = Random(1) == 0 ? bytes.size() : begin + Random(bytes.size() - begin);
    }
    Put(file.image, offset + begin, absl::string_view(bytes).substr(begin, end - begin));
  }
  std::ofstream(file.path, std::ios::binary | std::ios::trunc) << file.image;
}

}  // namespace eid::kv::testing
