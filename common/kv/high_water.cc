// SPDX-License-Identifier: Apache-2.0
#include "common/kv/high_water.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/digest.h"
#include "common/crypto/encoding.h"
#include "common/fault/fault.h"
#include "common/kv/engine.h"
#include "common/kv/folder_syncs.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

// A slot is five lines and empty ones up to kSlotBytes:
//   eid high-water mark 1
//   store <id>
//   revision <number>
//   manifest <name> <bytes>     (may be missing)
//   check <SHA-256 of the lines above, hexadecimal>
constexpr char kTitle[] = "eid high-water mark 1";
constexpr size_t kSlotBytes = 512;
// Far enough apart that no write of the disk's touches both.
constexpr size_t kSlotDistance = 4096;

// What a slot says.
struct Slot {
  std::string store_id;
  uint64_t revision = 0;
  ManifestPlace manifest;
};

std::string TextOf(const Slot& slot) {
  std::string lines =
      absl::StrCat(kTitle, "\nstore ", slot.store_id, "\nrevision ", slot.revision, "\n");
  if (!slot.manifest.name.empty()) {
    absl::StrAppend(&lines, "manifest ", slot.manifest.name, " ", slot.manifest.bytes, "\n");
  }
  absl::StrAppend(&lines, "check ", crypto::HexEncode(crypto::Sha256(lines)), "\n");
  lines.resize(kSlotBytes, '\n');
  return lines;
}

bool Parse(absl::string_view text, Slot& slot) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 4) return false;
  absl::string_view id = lines[1];
  absl::string_view number = lines[2];
  absl::string_view manifest = lines[3];
  if (!absl::ConsumePrefix(&id, "store ")) return false;
  if (!absl::ConsumePrefix(&number, "revision ")) return false;
  if (!absl::SimpleAtoi(number, &slot.revision)) return false;
  slot.store_id = std::string(id);
  if (absl::ConsumePrefix(&manifest, "manifest ")) {
    const std::pair<std::string, std::string> place = absl::StrSplit(manifest, ' ');
    slot.manifest.name = place.first;
    if (!absl::SimpleAtoi(place.second, &slot.manifest.bytes)) return false;
  }
  return text == TextOf(slot);
}

bool IsEarlier(const ManifestPlace& a, const ManifestPlace& b) {
  // The names have as many digits, at least; a later manifest has a greater number.
  if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
  return a.name != b.name ? a.name < b.name : a.bytes < b.bytes;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

HighWaterMark::HighWaterMark(std::string path, std::string store_path,
                             std::shared_ptr<rocksdb::FileSystem> files)
    : path_(std::move(path)),
      store_path_(std::move(store_path)),
      files_(files != nullptr ? std::move(files) : rocksdb::FileSystem::Default()) {}

bool HighWaterMark::enabled() const {
  return !path_.empty() && !fault::Mutant("no_high_water_mark");
}

absl::Status HighWaterMark::Failed(absl::string_view what, const rocksdb::IOStatus& status) const {
  const std::string text = absl::StrCat("Cannot ", what, " ", path_, ": ", status.ToString());
  return IsOutOfSpace(status) ? absl::ResourceExhaustedError(text) : absl::InternalError(text);
}

absl::Status HighWaterMark::Load(bool store_exists) {
  if (!enabled()) return absl::OkStatus();
  std::string text;
  const rocksdb::IOStatus read = rocksdb::ReadFileToString(files_.get(), path_, &text);
  if (read.IsPathNotFound()) return absl::OkStatus();
  if (!read.ok()) return Failed("read", read);
  for (size_t i = 0; i < kSlots; ++i) {
    if (text.size() < i * kSlotDistance + kSlotBytes) continue;
    Slot slot;
    good_[i] = Parse(absl::string_view(text).substr(i * kSlotDistance, kSlotBytes), slot);
    if (!good_[i]) continue;
    // An opening that changes nothing leaves a later manifest at the same revision.
    const bool later = slot.revision > revision_ ||
                       (slot.revision == revision_ && !IsEarlier(slot.manifest, manifest_));
    if (!store_id_.empty() && !later) continue;
    store_id_ = std::move(slot.store_id);
    revision_ = slot.revision;
    manifest_ = std::move(slot.manifest);
    slot_ = 1 - i;
  }
  if (store_id_.empty()) {
    return absl::DataLossError(
        absl::StrCat("The high-water mark ", path_, " is damaged. Make sure that the store at ",
                     store_path_, " is the latest, then delete the mark and start again."));
  }
  if (!good_[0] || !good_[1]) {
    LogEvent(Severity::kWarning, "store.mark_slot_unreadable", {{"path", path_}});
  }
  if (store_exists) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("There is no store at ", store_path_, ", but the high-water mark ", path_,
                   " says that there was one, at revision ", revision_,
                   ". Put it back or restore a backup. To start from nothing, delete the mark."));
}

absl::Status HighWaterMark::CheckManifest() const {
  if (!enabled() || manifest_.name.empty()) return absl::OkStatus();
  std::string name;
  std::ifstream(store_path_ + "/CURRENT") >> name;
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(store_path_ + "/" + name, error);
  // What cannot be read, RocksDB will complain of.
  if (error || !absl::StartsWith(name, "MANIFEST-")) return absl::OkStatus();
  if (!IsEarlier({name, bytes}, manifest_)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "The store at ", store_path_, " is not the latest: its list of files is ", name, " of ",
      bytes, " bytes, but the high-water mark ", path_, " knows ", manifest_.name, " of ",
      manifest_.bytes, ". Put the latest store back. To go on without what is missing, as after ",
      "restoring a backup, delete the mark."));
}

absl::Status HighWaterMark::Check(const std::string& store_id, uint64_t revision) {
  const bool found = !store_id_.empty();
  if (found && store_id != store_id_) {
    return absl::DataLossError(
        absl::StrCat("The store at ", store_path_, " is not the one of the high-water mark ", path_,
                     ". Put the right one back. To go on with this one, delete the mark."));
  }
  if (found && revision < revision_) {
    return absl::DataLossError(absl::StrCat(
        "The store at ", store_path_, " is at revision ", revision, ", but the high-water mark ",
        path_, " says that it had reached ", revision_, ": ", revision_ - revision,
        " changes are missing. Put the latest store back. To go on without them, as after "
        "restoring a backup, delete the mark."));
  }
  store_id_ = store_id;
  return absl::OkStatus();
}

std::string HighWaterMark::NewFile(uint64_t revision) const {
  const std::string slot = TextOf({store_id_, revision, manifest_});
  std::string text = slot;
  text.resize(kSlotDistance, '\n');
  return absl::StrCat(text, slot);
}

absl::Status HighWaterMark::Make(uint64_t revision) {
  const bool found = good_[0] || good_[1];
  const std::string temporary = absl::StrCat(path_, ".new");
  rocksdb::IOStatus status =
      rocksdb::WriteStringToFile(files_.get(), NewFile(revision), temporary, /*should_sync=*/true);
  if (!status.ok()) return Failed("write", status);
  constexpr mode_t kOwnerOnly = 0600;
  (void)chmod(temporary.c_str(), kOwnerOnly);
  status = files_->RenameFile(temporary, path_, rocksdb::IOOptions(), nullptr);
  if (!status.ok()) return Failed("replace", status);
  absl::Status synced = SyncFolder(*files_, FolderOf(path_));
  if (!synced.ok()) {
    // One that may not be there after all is made anew next time; but one that was there says more
    // than none.
    if (!found) (void)files_->DeleteFile(path_, rocksdb::IOOptions(), nullptr);
    return synced;
  }
  revision_ = revision;
  return absl::OkStatus();
}

absl::Status HighWaterMark::Start(uint64_t revision) {
  if (!enabled()) return absl::OkStatus();
  if (!good_[0] || !good_[1]) RETURN_IF_ERROR(Make(revision));
  const rocksdb::IOStatus opened =
      files_->NewRandomRWFile(path_, rocksdb::FileOptions(), &file_, nullptr);
  if (!opened.ok()) return Failed("open", opened);
  // What was read may be a note that no disk has seen: only now may the other slot be written.
  const rocksdb::IOStatus synced = file_->Sync(rocksdb::IOOptions(), nullptr);
  if (!synced.ok()) return Failed("sync", synced);
  // The manifest is another one, even if the revision is the same.
  revision_ = revision;
  RETURN_IF_ERROR(WriteSlot());
  return Sync();
}

absl::Status HighWaterMark::Note(uint64_t revision) {
  if (file_ == nullptr || revision == revision_) return absl::OkStatus();
  if (fault::Mutant("mark_lags") && revision < revision_ + 1000) return absl::OkStatus();
  revision_ = revision;
  return WriteSlot();
}

absl::Status HighWaterMark::WriteSlot() {
  unsynced_ = true;
  const rocksdb::IOStatus status =
      file_->Write(slot_ * kSlotDistance, TextOf({store_id_, revision_, manifest_}),
                   rocksdb::IOOptions(), nullptr);
  rewrite_ = !status.ok();
  return status.ok() ? absl::OkStatus() : Failed("write", status);
}

absl::Status HighWaterMark::Sync() {
  if (!unsynced_) return absl::OkStatus();
  if (rewrite_) RETURN_IF_ERROR(WriteSlot());
  const rocksdb::IOStatus status = file_->Sync(rocksdb::IOOptions(), nullptr);
  rewrite_ = !status.ok();
  if (!status.ok()) return Failed("sync", status);
  unsynced_ = false;
  slot_ = 1 - slot_;
  return absl::OkStatus();
}

}  // namespace eid::kv
