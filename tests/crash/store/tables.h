// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kv/table.h"
#include "tests/crash/store/storage.pb.h"

namespace eid::crash {

inline constexpr uint32_t kByWorker = 1;
inline constexpr uint32_t kTopic = 1;

inline const kv::Table<Effect>& Effects() {
  static const auto* const kTable = new kv::Table<Effect>({
      .number = 1,
      .name = "effects",
      .key =
          [](const Effect& row) {
            return kv::KeyOf(row.operation(), row.revision(), uint64_t{row.half()});
          },
      .indexes = {{.number = kByWorker,
                   .name = "by_worker",
                   .key = [](const Effect& row) { return kv::KeyOf(uint64_t{row.worker()}); }}},
  });
  return *kTable;
}

inline const kv::Table<Count>& Counts() {
  static const auto* const kTable = new kv::Table<Count>({
      .number = 2,
      .name = "counts",
      .key = [](const Count& row) { return kv::KeyOf(uint64_t{row.worker()}); },
  });
  return *kTable;
}

}  // namespace eid::crash
