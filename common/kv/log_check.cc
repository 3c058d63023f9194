// SPDX-License-Identifier: Apache-2.0
#include "common/kv/log_check.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/fault/fault.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

namespace fs = std::filesystem;

// Before each record: checksum (4 bytes), length (2), type (1), the lowest byte first.
constexpr size_t kHeaderBytes = 7;
constexpr char kFirstTypeOfReuse = 5;
constexpr char kLastTypeOfReuse = 8;

// CRC-32C, a byte at a time.
class Checksum {
 public:
  void Add(unsigned char byte) { state_ = Table()[(state_ ^ byte) & 0xff] ^ state_ >> 8; }
  // As RocksDB writes it: turned, so that checksums of checksums stay different.
  uint32_t masked() const {
    const uint32_t value = ~state_;
    return (value >> 15 | value << 17) + 0xa282ead8U;
  }

 private:
  static const std::array<uint32_t, 256>& Table() {
    static const auto& table = *new std::array<uint32_t, 256>([] {
      std::array<uint32_t, 256> made{};
      for (uint32_t i = 0; i < made.size(); ++i) {
        made[i] = i;
        for (int bit = 0; bit < 8; ++bit) made[i] = made[i] >> 1 ^ (made[i] & 1) * 0x82f63b78U;
      }
      return made;
    }());
    return table;
  }

  uint32_t state_ = ~uint32_t{0};
};

uint32_t Byte(absl::string_view bytes, size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

// Whether the record that begins `rest` is whole with some length.
bool IsWholeAtSomeLength(absl::string_view rest) {
  const uint32_t stored =
      Byte(rest, 0) | Byte(rest, 1) << 8 | Byte(rest, 2) << 16 | Byte(rest, 3) << 24;
  Checksum checksum;
  for (size_t place = kHeaderBytes - 1; place < rest.size(); ++place) {
    checksum.Add(static_cast<unsigned char>(rest[place]));
    if (checksum.masked() == stored) return true;
  }
  return false;
}

// Reads it whole; so will RocksDB, a moment later.
absl::Status CheckLog(const std::filesystem::path& path) {
  // What cannot be read, RocksDB will complain of.
  std::ifstream file(path, std::ios::binary);
  std::string block(kLogBlockBytes, '\0');
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto size = static_cast<size_t>(file.gcount());
    if (!HasDamagedHeader(absl::string_view(block).substr(0, size))) continue;
    return absl::DataLossError(absl::StrCat(
        "The store at ", path.parent_path().string(), " is damaged. Move it aside and restore the ",
        "latest backup. (", path.filename().string(), ": the header of a record is damaged)"));
  }
  return absl::OkStatus();
}

}  // namespace

bool HasDamagedHeader(absl::string_view block) {
  while (block.size() >= kHeaderBytes) {
    const size_t length = Byte(block, 4) | Byte(block, 5) << 8;
    const bool never_written = length == 0 && block[6] == 0;
    if (never_written) return false;
    if (block[6] >= kFirstTypeOfReuse && block[6] <= kLastTypeOfReuse) return true;
    if (kHeaderBytes + length > block.size()) return IsWholeAtSomeLength(block);
    block.remove_prefix(kHeaderBytes + length);
  }
  return false;
}

absl::Status CheckLogs(const std::string& folder) {
  if (fault::Mutant("damaged_headers_accepted")) return absl::OkStatus();
  std::string manifest;
  std::ifstream(folder + "/CURRENT") >> manifest;
  if (absl::StartsWith(manifest, "MANIFEST-")) {
    RETURN_IF_ERROR(CheckLog(fs::path(folder) / manifest));
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".log") RETURN_IF_ERROR(CheckLog(entry.path()));
  }
  return absl::OkStatus();
}

}  // namespace eid::kv
