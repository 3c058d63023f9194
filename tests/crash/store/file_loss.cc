// SPDX-License-Identifier: Apache-2.0
// A file is gone; or an older copy is put in the place of the store, or of one of its files.
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/crash/store/damage.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;

const char* NameOf(End end) { return end == End::kKilled ? " after kill" : " after close"; }

// Nothing that was written is in these; RocksDB makes them anew, or does without. The mark is
// deleted by those who know what they do.
bool IsDispensable(const std::string& kind) {
  return kind == "options" || kind == "identity" || kind == "other" || kind == "mark";
}

// A process that was killed leaves tables that were not finished, logs that were done with, and logs
// that have only what was never acknowledged. What is missing otherwise, the ledger tells.
bool MayBeLeftOver(const std::string& kind, End end) {
  return end == End::kKilled && (kind == "table" || kind == "log");
}

// Each file of the store and the mark, one at a time.
void DeleteEach(Rig& rig, End end) {
  const size_t count = Copy(rig).Files().size();
  for (size_t i = 0; i <= count; ++i) {
    const Copy copy(rig);
    const std::string file = i < count ? copy.Files()[i] : copy.mark();
    const std::string kind = KindOf(fs::path(file).filename());
    if (!fs::exists(file)) {
      // The mark of a mutant that keeps none.
      rig.figures.Violation(Wrong::kHarness, "there is no " + kind);
      continue;
    }
    const bool must_refuse =
        fs::file_size(file) > 0 && !IsDispensable(kind) && !MayBeLeftOver(kind, end);
    fs::remove(file);
    Examine(rig, copy, absl::StrCat(kind, NameOf(end)), must_refuse);
    if (rig.over()) return;
  }
  const Copy copy(rig);
  fs::remove_all(copy.store());
  Examine(rig, copy, absl::StrCat("whole store", NameOf(end)), /*must_refuse=*/true);
}

// Each file of the store, one at a time, ends earlier than it did.
void CutEach(Rig& rig, End end) {
  const size_t count = Copy(rig).Files().size();
  for (size_t i = 0; i < count; ++i) {
    const Copy copy(rig);
    const std::string file = copy.Files()[i];
    if (fs::file_size(file) == 0) continue;
    const std::string kind = KindOf(fs::path(file).filename());
    const uint64_t size = fs::file_size(file);
    // What a manifest was told after the mark's last note, nobody misses if it is cut off.
    fs::resize_file(file, rig.Random(0, kind == "manifest" ? size * 3 / 4 : size - 1));
    Examine(rig, copy, absl::StrCat(kind, " cut", NameOf(end)), kind == "manifest");
    if (rig.over()) return;
  }
}

}  // namespace

Figures FileDeleted(const Settings& settings) {
  Figures figures;
  for (uint64_t store = 0; store < settings.Times(1, 10); ++store) {
    for (const End end : {End::kKilled, End::kClosed}) {
      Rig rig(settings, absl::StrCat("file_deleted_", store, NameOf(end)), figures);
      Write(rig, End::kClosed, 30);
      Write(rig, end, 20);
      if (!rig.over()) DeleteEach(rig, end);
      for (int i = 0; i < 3 && !rig.over(); ++i) CutEach(rig, end);
      if (figures.Done(settings)) return figures;
    }
  }
  return figures;
}

namespace {

// An older copy of everything, then one old file after another among the new ones.
void PutBack(Rig& rig, const std::string& old, End end, bool is_older) {
  {
    const Copy copy(rig);
    fs::remove_all(copy.store());
    fs::copy(old, copy.store(), fs::copy_options::recursive);
    Examine(rig, copy, absl::StrCat("whole store", NameOf(end)), /*must_refuse=*/is_older);
  }
  for (const auto& entry : fs::directory_iterator(old)) {
    if (rig.over()) return;
    const std::string name = entry.path().filename();
    const Copy copy(rig);
    fs::copy_file(entry.path(), copy.store() + "/" + name, fs::copy_options::overwrite_existing);
    Examine(rig, copy, absl::StrCat(KindOf(name), NameOf(end)), /*must_refuse=*/false);
  }
}

}  // namespace

Figures OlderCopy(const Settings& settings) {
  Figures figures;
  for (uint64_t store = 0; store < settings.Times(5, 50); ++store) {
    for (const End end : {End::kKilled, End::kClosed}) {
      Rig rig(settings, absl::StrCat("older_copy_", store, NameOf(end)), figures);
      const std::string old = rig.folder + "/old";
      Write(rig, store % 2 == 0 ? End::kClosed : End::kKilled, rig.Random(1, 30));
      fs::copy(rig.Options().path, old, fs::copy_options::recursive);
      // From one operation later to many.
      const uint64_t later = Write(rig, end, store % 3 == 0 ? 1 : rig.Random(1, 20));
      if (!rig.over()) PutBack(rig, old, end, later > 0);
      if (figures.Done(settings)) return figures;
    }
  }
  return figures;
}

}  // namespace eid::crash
