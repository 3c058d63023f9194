// SPDX-License-Identifier: Apache-2.0
// Migrations that go through all rows of a table (DatabaseOptions::migrations).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/table.h"

namespace eid::kv {

// Rows of one step: few enough for a batch, enough that its sync does not count.
inline constexpr size_t kRowsOfStep = 1000;

// A step of a Migration: calls `change` with the keys of the next kRowsOfStep rows behind `position`
// and moves it. True: there are no more. `change` must leave a row as it is that has been changed
// before; it does not add rows.
template <class Row>
absl::StatusOr<bool> ChangeSomeRows(
    const Table<Row>& table, Txn& txn, std::string& position,
    absl::FunctionRef<absl::Status(const std::string& key)> change) {
  std::vector<std::string> keys;
  absl::Status status = table.ScanKeys(txn, RowRange{.after = position},
                                       [&](absl::string_view key, absl::string_view) {
                                         keys.emplace_back(key);
                                         return keys.size() < kRowsOfStep;
                                       });
  for (const std::string& key : keys) {
    if (!status.ok()) break;
    status = change(key);
  }
  if (!status.ok()) return status;
  if (!keys.empty()) position = keys.back();
  return keys.size() < kRowsOfStep;
}

}  // namespace eid::kv
