// SPDX-License-Identifier: Apache-2.0
#include "common/kv/testing/unsynced.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

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
  Change change = {Change::kFile, path};
  if (access(path.c_str(), F_OK) == 0) change.kept = MoveToTrash(path);
  changes_[FolderOf(path)].push_back(std::move(change));
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
  file.writes.push_back({InPlace::kUnsynced, offset, std::string(bytes)});
}

void Unsynced::Sync(File& file) {
  file.durable = file.size;
  for (InPlace& write : file.writes) {
    if (write.state == InPlace::kUnsynced) write.state = InPlace::kDurable;
  }
  auto& writes = file.writes;
  const auto doubtful = std::find_if(writes.begin(), writes.end(), [](const InPlace& write) {
    return write.state == InPlace::kDoubtful;
  });
  for (auto it = writes.begin(); it != doubtful; ++it) Put(file.image, it->offset, it->bytes);
  writes.erase(writes.begin(), doubtful);
}

void Unsynced::FailSync(File& file) {
  const uint64_t begin =
      std::max(file.durable, file.doubtful.empty() ? 0 : file.doubtful.back().second);
  if (begin < file.size) file.doubtful.emplace_back(begin, file.size);
  for (InPlace& write : file.writes) {
    if (write.state == InPlace::kUnsynced) write.state = InPlace::kDoubtful;
  }
}

void Unsynced::MakeFolder(const std::string& path) {
  changes_[FolderOf(WithoutSlash(path))].push_back({Change::kFolder, WithoutSlash(path)});
}

void Unsynced::Rename(const std::string& from, const std::string& to) {
  if (IsDiary(from)) {
    Move(from, to);
    return;
  }
  Change change = {Change::kRename, from, to};
  if (access(to.c_str(), F_OK) == 0) change.kept = MoveToTrash(to);
  Move(from, to);
  changes_[FolderOf(to)].push_back(std::move(change));
}

void Unsynced::Delete(const std::string& path) {
  if (IsDiary(path)) {
    fs::remove(path);
    return;
  }
  changes_[FolderOf(path)].push_back({Change::kDelete, path, "", MoveToTrash(path)});
}

void Unsynced::SyncFolder(const std::string& path) {
  for (const Change& change : changes_[WithoutSlash(path)]) {
    if (change.kept.empty()) continue;
    files_.erase(change.kept);
    fs::remove(change.kept);
  }
  changes_.erase(WithoutSlash(path));
}

void Unsynced::Move(const std::string& from, const std::string& to) {
  CHECK(std::rename(from.c_str(), to.c_str()) == 0) << from << " to " << to;
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

std::string Unsynced::MoveToTrash(const std::string& path) {
  std::string kept = absl::StrCat(trash_, "/", ++in_trash_);
  Move(path, kept);
  return kept;
}

void Unsynced::LosePower() {
  // What lies in a folder before the folder.
  for (auto it = changes_.rbegin(); it != changes_.rend(); ++it) {
    const std::vector<Change>& changes = it->second;
    const size_t kept = Random(1) == 0 ? 0 : Random(changes.size());
    std::for_each(changes.rbegin(), changes.rend() - static_cast<std::ptrdiff_t>(kept),
                  [this](const Change& change) { TakeBack(change); });
  }
  for (const auto& [path, file] : files_) {
    if (access(path.c_str(), F_OK) == 0) Tear(*file);
  }
}

void Unsynced::TakeBack(const Change& change) {
  switch (change.kind) {
    case Change::kFile:
      fs::remove(change.path);
      files_.erase(change.path);
      break;
    case Change::kFolder: fs::remove_all(change.path); break;
    case Change::kRename: Move(change.to, change.path); break;
    case Change::kDelete: break;
  }
  if (change.kept.empty()) return;
  Move(change.kept, change.kind == Change::kRename ? change.to : change.path);
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
    if (state != InPlace::kDurable) {
      if (Random(2) == 0) continue;
      begin = Random(1) == 0 ? 0 : Random(bytes.size());
      end = Random(1) == 0 ? bytes.size() : begin + Random(bytes.size() - begin);
    }
    Put(file.image, offset + begin, absl::string_view(bytes).substr(begin, end - begin));
  }
  std::ofstream(file.path, std::ios::binary | std::ios::trunc) << file.image;
}

}  // namespace eid::kv::testing
