// SPDX-License-Identifier: Apache-2.0
// What Table<Row> stands on: rows as bytes. Included through table.h.
//
// On disk: a row under (table, primary key); an entry of an index under (table, index, index key,
// primary key) with the size of the primary key as its value; an entry of a unique index under
// (table, index, index key) with the primary key as its value.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"

namespace eid::kv {

class IndexHead;

// The keys under which an index finds a row: none, one or several. A std::string becomes one key.
class IndexKeys : public std::vector<std::string> {
 public:
  IndexKeys() = default;
  IndexKeys(std::string key) { push_back(std::move(key)); }  // NOLINT: that is what it is for
  IndexKeys(std::vector<std::string> keys) : std::vector<std::string>(std::move(keys)) {}  // NOLINT
  IndexKeys(std::initializer_list<std::string> keys) : std::vector<std::string>(keys) {}
};

// Rows to walk over.
struct RowRange {
  // Number of the index; kPrimary: by primary key.
  uint32_t index = 0;
  // Only index keys (primary keys) that begin with it: KeyOf(the first parts).
  std::string prefix;
  // Where to go on: a position that a walk over the same index gave; that row is not given again.
  // Empty: the start.
  std::string after;
  bool descending = false;
};
inline constexpr uint32_t kPrimary = 0;

// The index whose uniqueness an ALREADY_EXISTS of Table is about; empty if it is the primary key.
std::string ViolatedIndex(const absl::Status& status);

namespace internal {

// What the keys of an index's entries begin with.
std::string IndexPlace(uint32_t table, uint32_t index);

struct TableInfo {
  uint32_t number;
  const char* name;
};

// What one index says of a row.
struct IndexEntries {
  uint32_t number;
  const char* name;
  bool unique;
  IndexKeys keys;
};

absl::StatusOr<std::optional<std::string>> FindRow(const Reader& reader, const TableInfo& table,
                                                   absl::string_view key);
absl::StatusOr<std::optional<std::string>> FindKeyBy(const Reader& reader, const TableInfo& table,
                                                     uint32_t index, absl::string_view index_key);
// Checks every unique index, then writes the row and the difference of its index entries. `before`
// is empty for a new row.
absl::Status WriteRow(Txn& txn, const TableInfo& table, absl::string_view key,
                      absl::string_view value, const std::vector<IndexEntries>& before,
                      const std::vector<IndexEntries>& after);
void EraseRow(Txn& txn, const TableInfo& table, absl::string_view key,
              const std::vector<IndexEntries>& before);
absl::Status ScanKeys(
    const Reader& reader, const TableInfo& table, bool unique, const RowRange& range,
    absl::FunctionRef<bool(absl::string_view key, absl::string_view position)> visit);
absl::Status ScanRows(
    const Reader& reader, const TableInfo& table, bool unique, const RowRange& range,
    absl::FunctionRef<absl::StatusOr<bool>(absl::string_view value, absl::string_view position)>
        visit);
absl::StatusOr<absl::Time> ScanDue(
    const Reader& snapshot, const TableInfo& table, bool unique, IndexHead& head, absl::Time now,
    absl::FunctionRef<absl::StatusOr<bool>(absl::string_view key)> visit);
void CheckSpec(const TableInfo& table, bool has_functions,
               const std::vector<IndexEntries>& indexes);
void FailOnUnknownIndex(const TableInfo& table, uint32_t index);
absl::Status NoSuchRow(const TableInfo& table);
absl::Status RowExists(const TableInfo& table);
absl::Status UnreadableRow(const TableInfo& table);

}  // namespace internal

}  // namespace eid::kv
