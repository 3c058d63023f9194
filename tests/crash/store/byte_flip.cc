// SPDX-License-Identifier: Apache-2.0
// One byte of one file is another one than it was.
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/crash/store/damage.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kHeaderBytes = 7;

// Where the whole records of a log or manifest begin: a kill may have torn the last one off, which
// nobody was told of. RocksDB writes them in blocks; a header is a checksum (4 bytes), a length (2)
// and a type (1).
std::vector<uint64_t> RecordsOf(const std::string& path) {
  constexpr uint64_t kBlockBytes = 32'768;
  std::vector<uint64_t> records;
  std::ifstream file(path, std::ios::binary);
  const uint64_t size = fs::file_size(path);
  for (uint64_t place = 0; place + kHeaderBytes <= size;) {
    const uint64_t left = kBlockBytes - place % kBlockBytes;
    if (left < kHeaderBytes) {
      place += left;
      continue;
    }
    unsigned char header[kHeaderBytes];
    file.seekg(static_cast<std::streamoff>(place));
    file.read(reinterpret_cast<char*>(header), kHeaderBytes);
    const uint64_t end = place + kHeaderBytes + (header[4] | header[5] << 8);
    if (end > size) break;
    records.push_back(place);
    place = end;
  }
  return records;
}

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

char RandomMask(Rig& rig) {
  return static_cast<char>(rig.Random(0, 1) == 0 ? 1U << rig.Random(0, 7) : rig.Random(1, 255));
}

void FlipOne(Rig& rig, const std::string& kind, const std::string& end) {
  const Copy copy(rig);
  const std::string path = Choose(rig, copy, kind);
  if (path.empty()) {
    return rig.figures.Violation(Wrong::kHarness, "there is no file of the kind " + kind);
  }
  uint64_t place = rig.Random(0, fs::file_size(path) - 1);
  // A record's length, above all the last one's, is where damage looks like an end that was torn
  // off.
  const std::vector<uint64_t> records =
      kind == "log" || kind == "manifest" ? RecordsOf(path) : std::vector<uint64_t>();
  if (!records.empty() && rig.Random(0, 1) == 0) {
    const size_t record =
        rig.Random(0, 1) == 0 ? records.size() - 1 : rig.Random(0, records.size() - 1);
    constexpr uint64_t kLength = 4;
    place = records[record] +
            (rig.Random(0, 1) == 0 ? kLength + rig.Random(0, 1) : rig.Random(0, kHeaderBytes - 1));
  }
  Flip(path, place, RandomMask(rig));
  Examine(rig, copy, absl::StrCat(kind, end), /*must_refuse=*/false);
}

// Without the mark, which finds most of what else is accepted, a store has only itself to go by: no
// record of a log is dropped in silence, be it the last of a log, with any bit of its header turned.
// An earlier log may be of no use any more, so that the store is the same without it.
void FlipWithoutMark(Rig& rig) {
  constexpr int kBits = 8;
  std::vector<std::string> logs;
  for (const std::string& file : Copy(rig).Files()) {
    const std::string name = fs::path(file).filename();
    if (KindOf(name) == "log" && !RecordsOf(file).empty()) logs.push_back(name);
  }
  if (logs.empty()) return rig.figures.Violation(Wrong::kHarness, "there is no log");
  for (const std::string& log : logs) {
    const bool is_last = log == logs.back();
    // Of an earlier one, where it ends: its length and its type.
    const int first_bit = is_last ? 0 : 4 * kBits;
    for (int bit = first_bit; bit < static_cast<int>(kHeaderBytes) * kBits && !rig.over(); ++bit) {
      const Copy copy(rig);
      const std::string path = copy.store() + "/" + log;
      Flip(path, RecordsOf(path).back() + static_cast<uint64_t>(bit / kBits),
           static_cast<char>(1U << bit % kBits));
      Examine(rig, copy, is_last ? "last log, no mark" : "earlier log, no mark",
              /*must_refuse=*/is_last, Mark::kNone);
    }
  }
}

}  // namespace

Figures ByteFlip(const Settings& settings) {
  Figures figures;
  const uint64_t stores = settings.Times(1, 40);
  constexpr int kOfEach = 8;
  for (uint64_t store = 0; store < stores; ++store) {
    for (const End end : {End::kKilled, End::kClosed}) {
      const char* const how = end == End::kKilled ? " after kill" : " after close";
      Rig rig(settings, absl::StrCat("byte_flip_", store, how), figures);
      Write(rig, End::kClosed, 30);
      Write(rig, end, 20);
      FlipWithoutMark(rig);
      for (int i = 0; i < kOfEach && !rig.over(); ++i) {
        for (const char* kind : {"log", "manifest", "table", "current", "options", "mark"}) {
          if (!rig.over()) FlipOne(rig, kind, how);
        }
      }
      if (figures.Done(settings)) return figures;
    }
  }
  return figures;
}

}  // namespace eid::crash
