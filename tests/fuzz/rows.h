// SPDX-License-Identifier: Apache-2.0
// Entries for rows: their tables, and what reads them.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/kv/table.h"
#include "tests/fuzz/memory_txn.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {

std::vector<MessageEntry> IdentityRows();
std::vector<MessageEntry> OtherRows();
// Of the store itself, which keeps them in no table.
std::vector<MessageEntry> KvRows();
// The same readers given bytes that may be no row at all.
void ReadAsKvRows(absl::string_view bytes);

// A row goes in, is read back as it was, is found once in each index at most as often as the index
// says, and leaves nothing behind.
template <class Row>
void CheckTable(const kv::Table<Row>& table, const Row& row) {
  MemoryTxn txn;
  if (!table.Insert(txn, row).ok()) return Require(false, "an empty table takes any row");
  Require(!table.Insert(txn, row).ok(), "a row is inserted once");
  Require(table.Update(txn, row).ok(), "a row is updated by itself");
  std::string key;
  Require(table
              .ScanKeys(txn, {},
                        [&](absl::string_view found, absl::string_view) {
                          key = std::string(found);
                          return true;
                        })
              .ok(),
          "a table is walked over");
  const absl::StatusOr<Row> stored = table.Get(txn, key);
  Require(stored.ok() && stored->SerializeAsString() == row.SerializeAsString(),
          "what is read is what was written");
  size_t entries = 0;
  for (const uint32_t index : table.indexes()) {
    const absl::Status walked =
        table.Scan(txn, {.index = index}, [&](const Row& found, absl::string_view position) {
          ++entries;
          Require(!position.empty(), "an entry has a position");
          Require(found.SerializeAsString() == stored->SerializeAsString(),
                  "an index leads to its row");
          return true;
        });
    Require(walked.ok(), "an index is walked over");
  }
  Require(entries + 1 == txn.size(), "every entry is of an index that is known");
  Require(table.Delete(txn, key).ok() && txn.empty(), "a deleted row leaves nothing");
}

// `read`: everything that looks at a stored row of this type, however odd its contents.
template <class Row, class Read>
MessageEntry RowEntry(const kv::Table<Row>& table, Read read) {
  return EntryOf<Row>([&table, read](const Row& row) {
    InTime([&] {
      CheckTable(table, row);
      read(row);
    });
  });
}

}  // namespace eid::fuzz
