// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/status/macros.h"

namespace eid::crypto {
namespace {

constexpr size_t kMaxBytes = 64 * 1024;

class File {
 public:
  File(const std::string& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

absl::Status Failed(absl::string_view verb, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", verb, " ", path));
}

absl::Status CheckMode(const File& file, const std::string& path) {
  struct stat info;
  if (::fstat(file.descriptor(), &info) != 0) return Failed("examine", path);
  if (!S_ISREG(info.st_mode)) return absl::FailedPreconditionError(path + " is not a file");
  if ((info.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     " holds a secret but others may read or change it: chmod 600 it, and "
                     "replace the secret if they may have read it"));
  }
  return absl::OkStatus();
}

absl::Status WriteAll(const File& file, absl::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.descriptor(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    content.remove_prefix(static_cast<size_t>(written));
  }
  if (::fsync(file.descriptor()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File file(folder, O_RDONLY | O_DIRECTORY);
  if (!file.is_open() || ::fsync(file.descriptor()) != 0) return Failed("sync", folder);
  return absl::OkStatus();
}

// Reads the file; makes it of `create` first if there is none. Two processes that do so at once read
// the same.
absl::StatusOr<std::string> LoadOrCreate(const std::string& path,
                                         const std::function<std::string()>& create) {
  absl::StatusOr<std::string> content = ReadSecretFile(path);
  if (!absl::IsNotFound(content.status())) return content;
  const absl::Status created = CreateSecretFile(path, create());
  if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  return ReadSecretFile(path);
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) return Failed("open", path);
  RETURN_IF_ERROR(CheckMode(file, path));
  std::string content(kMaxBytes + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(file.descriptor(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("read", path);
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  if (size > kMaxBytes) return absl::InvalidArgumentError(path + " is too long for a secret");
  content.resize(size);
  return content;
}

absl::Status CreateSecretFile(const std::string& path, absl::string_view content) {
  // No name but the last one means anything, so what a crash leaves behind is harmless.
  const std::string draft = absl::StrCat(path, ".", HexEncode(RandomBytes(8)), ".new");
  {
    const File file(draft, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) return Failed("create", draft);
    if (absl::Status written = WriteAll(file, content, draft); !written.ok()) {
      ::unlink(draft.c_str());
      return written;
    }
  }
  // Unlike rename, link never replaces.
  absl::Status linked;
  if (::link(draft.c_str(), path.c_str()) != 0) linked = Failed("create", path);
  ::unlink(draft.c_str());
  RETURN_IF_ERROR(linked);
  return SyncFolderOf(path);
}

absl::StatusOr<PrivateKey> LoadOrCreateKey(const std::string& path, Algorithm algorithm) {
  ASSIGN_OR_RETURN(const std::string pem,
                   LoadOrCreate(path, [&] { return PrivateKey::Generate(algorithm).ToPem(); }));
  absl::StatusOr<PrivateKey> key = PrivateKey::FromPem(pem);
  if (!key.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", key.status().message()));
  }
  if (key->algorithm() != algorithm) {
    return absl::InvalidArgumentError(path + " holds a key of another algorithm");
  }
  return key;
}

absl::StatusOr<std::string> LoadOrCreateSecret(const std::string& path, size_t size) {
  ASSIGN_OR_RETURN(std::string secret, LoadOrCreate(path, [&] { return RandomBytes(size); }));
  if (secret.size() != size) {
    return absl::InvalidArgumentError(absl::StrCat(path, " does not hold ", size, " bytes"));
  }
  return secret;
}

}  // namespace eid::crypto
