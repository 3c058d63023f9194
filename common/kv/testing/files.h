// SPDX-License-Identifier: Apache-2.0
// A hand in the files of a store that nobody has open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <utility>

#include "common/kv/database.h"
#include "common/testing/catch.h"

namespace eid::kv::testing {

// The log file with the last writes.
inline std::filesystem::path LogOf(const DatabaseOptions& options) {
  std::filesystem::path log;
  for (const auto& file : std::filesystem::directory_iterator(options.path)) {
    if (file.path().extension() != ".log" || std::filesystem::file_size(file) == 0) continue;
    if (log.empty() || log < file.path()) log = file.path();
  }
  REQUIRE(!log.empty());
  return log;
}

inline void FlipByte(const std::filesystem::path& path, uint64_t place, int mask = 1) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(place));
  file.put(static_cast<char>(byte ^ mask));
  REQUIRE(file.good());
}

// Where the last record of a log begins. RocksDB writes records in blocks, each with a header:
// checksum (4 bytes), length (2), type (1).
inline uint64_t LastRecordOf(const std::filesystem::path& log) {
  constexpr uint64_t kBlock = 32'768;
  constexpr uint64_t kHeader = 7;
  uint64_t last = 0;
  std::ifstream in(log, std::ios::binary);
  for (uint64_t next = 0; next + kHeader < std::filesystem::file_size(log);) {
    const uint64_t left = kBlock - next % kBlock;
    if (left < kHeader) {
      next += left;
      continue;
    }
    in.seekg(static_cast<std::streamoff>(next + 4));
    const int low = in.get();
    const int high = in.get();
    last = std::exchange(next, next + kHeader + static_cast<uint64_t>(low | high << 8));
  }
  return last;
}

// With this the last record says that it is longer than the log, which so seems torn.
inline void LengthenLastRecord(const std::filesystem::path& log) {
  const uint64_t last = LastRecordOf(log);
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(last + 5));
  file.put('\x7f');
}

// The last record is zeros, as a sector that was lost may be.
inline void ForgetLastRecord(const std::filesystem::path& log) {
  const uint64_t last = LastRecordOf(log);
  const uint64_t size = std::filesystem::file_size(log);
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(last));
  file << std::string(size - last, '\0');
}

}  // namespace eid::kv::testing
