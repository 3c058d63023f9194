// SPDX-License-Identifier: Apache-2.0
#include "common/kv/high_water.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/digest.h"
#include "common/crypto/encoding.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

// The file, four lines:
//   eid high-water mark 1
//   store <id>
//   revision <number>
//   check <SHA-256 of the lines above, hexadecimal>
constexpr char kTitle[] = "eid high-water mark 1";
constexpr size_t kMaxBytes = 1024;

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::InternalError(absl::StrCat("Cannot ", what, " ", path, ": ", std::strerror(errno)));
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

std::string Lines(const std::string& store_id, uint64_t revision) {
  std::string lines = absl::StrCat(kTitle, "\nstore ", store_id, "\nrevision ", revision, "\n");
  absl::StrAppend(&lines, "check ", crypto::HexEncode(crypto::Sha256(lines)), "\n");
  return lines;
}

bool Parse(const std::string& text, std::string& store_id, uint64_t& revision) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 3) return false;
  absl::string_view id = lines[1];
  absl::string_view number = lines[2];
  if (!absl::ConsumePrefix(&id, "store ")) return false;
  if (!absl::ConsumePrefix(&number, "revision ")) return false;
  if (!absl::SimpleAtoi(number, &revision)) return false;
  store_id = std::string(id);
  return text == Lines(store_id, revision);
}

absl::Status WriteWhole(const std::string& path, absl::string_view bytes) {
  constexpr mode_t kOwnerOnly = 0600;
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly));
  if (file.get() < 0) return Failed("open", path);
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(file.get()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0 || fsync(file.get()) != 0) return Failed("sync", folder);
  return absl::OkStatus();
}

}  // namespace

absl::Status HighWaterMark::Load(bool store_exists) {
  if (!enabled()) return absl::OkStatus();
  const File file(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return absl::OkStatus();
  if (file.get() < 0) return Failed("open", path_);
  std::string text(kMaxBytes, '\0');
  const ssize_t size = read(file.get(), text.data(), text.size());
  if (size < 0) return Failed("read", path_);
  text.resize(static_cast<size_t>(size));
  if (!Parse(text, store_id_, revision_)) {
    return absl::DataLossError(
        absl::StrCat("The high-water mark ", path_, " is damaged. Make sure that the store at ",
                     store_path_, " is the latest, then delete the mark and start again."));
  }
  found_ = true;
  if (store_exists) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("There is no store at ", store_path_, ", but the high-water mark ", path_,
                   " says that there was one, at revision ", revision_,
                   ". Put it back or restore a backup. To start from nothing, delete the mark."));
}

absl::Status HighWaterMark::Check(const std::string& store_id, uint64_t revision) {
  if (found_ && store_id != store_id_) {
    return absl::DataLossError(
        absl::StrCat("The store at ", store_path_, " is not the one of the high-water mark ", path_,
                     ". Put the right one back. To go on with this one, delete the mark."));
  }
  if (found_ && revision < revision_) {
    return absl::DataLossError(absl::StrCat(
        "The store at ", store_path_, " is at revision ", revision, ", but the high-water mark ",
        path_, " says that it had reached ", revision_, ": ", revision_ - revision,
        " changes are missing. Put the latest store back. To go on without them, as after "
        "restoring a backup, delete the mark."));
  }
  store_id_ = store_id;
  return absl::OkStatus();
}

absl::Status HighWaterMark::Write(uint64_t revision) {
  if (!enabled() || (found_ && revision == revision_)) return absl::OkStatus();
  const std::string temporary = absl::StrCat(path_, ".new");
  RETURN_IF_ERROR(WriteWhole(temporary, Lines(store_id_, revision)));
  if (std::rename(temporary.c_str(), path_.c_str()) != 0) return Failed("replace", path_);
  RETURN_IF_ERROR(SyncFolderOf(path_));
  found_ = true;
  revision_ = revision;
  return absl::OkStatus();
}

}  // namespace eid::kv
