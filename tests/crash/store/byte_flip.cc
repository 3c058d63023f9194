// SPDX-License-Identifier: Apache-2.0
// One byte of one file is another one than it was.
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/crash/store/damage.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;

// The end of a log is where a torn write and damage look alike.
constexpr uint64_t kEnd = 300;

void Flip(const std::string& path, uint64_t place, char mask) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(place));
  file.put(static_cast<char>(byte ^ mask));
}

// One of the files of the kind; empty if there is none that has anything in it.
std::string Choose(Rig& rig, const Copy& copy, const std::string& kind) {
  if (kind == "mark") return copy.mark();
  std::vector<std::string> files;
  for (const std::string& file : copy.Files()) {
    if (KindOf(fs::path(file).filename()) == kind && fs::file_size(file) > 0) files.push_back(file);
  }
  return files.empty() ? "" : files[rig.Random(0, files.size() - 1)];
}

void FlipOne(Rig& rig, const std::string& kind, const std::string& end, Figures& figures) {
  const Copy copy(rig);
  const std::string path = Choose(rig, copy, kind);
  if (path.empty()) return figures.Violation("there is no file of the kind " + kind);
  const uint64_t size = fs::file_size(path);
  const bool at_end = (kind == "log" || kind == "manifest") && rig.Random(0, 1) == 0;
  const uint64_t place = rig.Random(at_end && size > kEnd ? size - kEnd : 0, size - 1);
  const auto mask =
      static_cast<char>(rig.Random(0, 1) == 0 ? 1U << rig.Random(0, 7) : rig.Random(1, 255));
  Flip(path, place, mask);
  Examine(rig, copy, absl::StrCat(kind, end), /*must_refuse=*/false, figures);
  if (figures.wrong() > 0 && figures.figures["first at"] == 0) {
    figures.figures["first at"] = place;
    figures.examples.push_back(absl::StrCat("byte ", place, " of ", size, " of ", path));
  }
}

}  // namespace

Figures ByteFlip(const Settings& settings) {
  Figures figures;
  const uint64_t stores = settings.Times(1, 20);
  for (uint64_t store = 0; store < stores; ++store) {
    for (const End end : {End::kKilled, End::kClosed}) {
      Rig rig(settings, absl::StrCat("byte_flip_", store, end == End::kKilled ? "k" : "c"));
      Write(rig, End::kClosed, 30, figures);
      Write(rig, end, 20, figures);
      for (const char* kind : {"log", "manifest", "table", "current", "options", "mark"}) {
        for (uint64_t i = 0; i < settings.Times(25, 25); ++i) {
          FlipOne(rig, kind, end == End::kKilled ? " after kill" : " after close", figures);
          if (settings.stop_at_first && figures.wrong() > 0) return figures;
        }
      }
    }
  }
  return figures;
}

}  // namespace eid::crash
