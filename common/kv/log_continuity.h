// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: sees every record of the write-ahead logs while RocksDB replays them, and
// refuses a gap. RocksDB takes a log whose last record claims to be longer than the file for one
// that a crash tore, even if there are later logs, and would go on with those: rows in the middle
// would be missing from a store that is otherwise the latest.
#pragma once

#include <cstdint>
#include <string>

#include "common/fault/fault.h"
#include "rocksdb/wal_filter.h"
#include "rocksdb/write_batch.h"

namespace eid::kv {

// For one opening. Never changes a record.
class LogContinuity : public rocksdb::WalFilter {
 public:
  // RocksDB's error has it.
  const char* Name() const override { return "eid.LogContinuity: records are missing"; }

  WalProcessingOption LogRecordFound(unsigned long long, const std::string&,
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                     bool*) override {
    const uint64_t first = FirstSequence(batch);
    const bool follows = next_ == 0 || first == next_ || fault::Mutant("log_gaps_accepted");
    next_ = first + batch.Count();
    return follows ? WalProcessingOption::kContinueProcessing
                   : WalProcessingOption::kCorruptedRecord;
  }

 private:
  // A batch begins with the number of its first change, eight bytes, the lowest first.
  static uint64_t FirstSequence(const rocksdb::WriteBatch& batch) {
    constexpr int kBytes = 8;
    uint64_t number = 0;
    for (int i = kBytes - 1; i >= 0; --i) {
      number = number << 8 | static_cast<unsigned char>(batch.Data()[i]);
    }
    return number;
  }

  // 0: nothing was seen yet.
  uint64_t next_ = 0;
};

}  // namespace eid::kv
