// SPDX-License-Identifier: Apache-2.0
#include "common/kv/rows.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/kv/index_head.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

constexpr char kIndexPayload[] = "eid/kv/violated-index";
// Bytes at the end of a plain index entry's value: how many of its key's last bytes are the primary
// key.
constexpr size_t kMaxKeyBytes = 0xffff;

// Numbers are in front of every key, so that one family holds many tables.
void AppendPlace(std::string& key, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
}

std::string RowPlace(const internal::TableInfo& table) {
  std::string place;
  AppendPlace(place, table.number);
  return place;
}

// One entry of an index, as it is on disk.
struct Entry {
  std::string key;
  std::string value;
  bool operator<(const Entry& other) const { return key < other.key; }
};

std::string SizeBytes(size_t size) {
  return {static_cast<char>(size >> 8), static_cast<char>(size)};
}

std::set<Entry> EntriesOf(const internal::TableInfo& table, const internal::IndexEntries& index,
                          absl::string_view primary_key) {
  std::set<Entry> entries;
  for (const std::string& index_key : index.keys) {
    std::string key = absl::StrCat(internal::IndexPlace(table.number, index.number), index_key);
    if (index.unique) {
      entries.insert({std::move(key), std::string(primary_key)});
    } else {
      absl::StrAppend(&key, primary_key);
      entries.insert({std::move(key), SizeBytes(primary_key.size())});
    }
  }
  return entries;
}

absl::Status Damaged(const internal::TableInfo& table, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("The store is damaged: table ", table.name, ": ", what, "."));
}

absl::Status CheckUnique(const Txn& txn, const internal::TableInfo& table,
                         const internal::IndexEntries& index, const std::set<Entry>& entries) {
  if (!index.unique) return absl::OkStatus();
  for (const Entry& entry : entries) {
    ASSIGN_OR_RETURN(const std::optional<std::string> holder, txn.Get(Space::kIndexes, entry.key));
    if (!holder.has_value() || *holder == entry.value) continue;
    absl::Status status = absl::AlreadyExistsError(
        absl::StrCat(table.name, ": another row has this ", index.name, "."));
    status.SetPayload(kIndexPayload, absl::Cord(index.name));
    return status;
  }
  return absl::OkStatus();
}

// The primary key in an index entry; false if the entry is not one.
bool PrimaryKeyOf(bool unique, absl::string_view key, absl::string_view value,
                  absl::string_view& primary_key) {
  if (unique) {
    primary_key = value;
    return true;
  }
  if (value.size() != 2) return false;
  const size_t size = static_cast<size_t>(static_cast<unsigned char>(value[0])) << 8 |
                      static_cast<unsigned char>(value[1]);
  if (size > key.size()) return false;
  primary_key = key.substr(key.size() - size);
  return true;
}

}  // namespace

std::string ViolatedIndex(const absl::Status& status) {
  const absl::optional<absl::Cord> index = status.GetPayload(kIndexPayload);
  return index.has_value() ? std::string(*index) : std::string();
}

namespace internal {

std::string IndexPlace(uint32_t table, uint32_t index) {
  std::string place;
  AppendPlace(place, table);
  AppendPlace(place, index);
  return place;
}

absl::StatusOr<std::optional<std::string>> FindRow(const Reader& reader, const TableInfo& table,
                                                   absl::string_view key) {
  return reader.Get(Space::kRows, absl::StrCat(RowPlace(table), key));
}

absl::StatusOr<std::optional<std::string>> FindKeyBy(const Reader& reader, const TableInfo& table,
                                                     uint32_t index, absl::string_view index_key) {
  return reader.Get(Space::kIndexes, absl::StrCat(IndexPlace(table.number, index), index_key));
}

absl::Status WriteRow(Txn& txn, const TableInfo& table, absl::string_view key,
                      absl::string_view value, const std::vector<IndexEntries>& before,
                      const std::vector<IndexEntries>& after) {
  CHECK(key.size() <= kMaxKeyBytes) << table.name;
  std::vector<std::set<Entry>> wanted;
  wanted.reserve(after.size());
  for (const IndexEntries& index : after) {
    wanted.push_back(EntriesOf(table, index, key));
    // All checks come before the first write: undoing a body that wrote costs more.
    RETURN_IF_ERROR(CheckUnique(txn, table, index, wanted.back()));
  }
  for (size_t i = 0; i < after.size(); ++i) {
    std::set<Entry> old;
    if (!before.empty()) old = EntriesOf(table, before[i], key);
    for (const Entry& entry : old) {
      if (wanted[i].count(entry) == 0) txn.Delete(Space::kIndexes, entry.key);
    }
    for (const Entry& entry : wanted[i]) {
      if (old.count(entry) == 0) txn.Put(Space::kIndexes, entry.key, entry.value);
    }
  }
  txn.Put(Space::kRows, absl::StrCat(RowPlace(table), key), value);
  return absl::OkStatus();
}

void EraseRow(Txn& txn, const TableInfo& table, absl::string_view key,
              const std::vector<IndexEntries>& before) {
  for (const IndexEntries& index : before) {
    for (const Entry& entry : EntriesOf(table, index, key)) {
      txn.Delete(Space::kIndexes, entry.key);
    }
  }
  txn.Delete(Space::kRows, absl::StrCat(RowPlace(table), key));
}

namespace {

// Walks and gives key, value and position of each entry; row values if the range is by primary key.
absl::Status Walk(const Reader& reader, const TableInfo& table, const RowRange& range,
                  absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) {
  const bool by_index = range.index != kPrimary;
  const std::string place = by_index ? IndexPlace(table.number, range.index) : RowPlace(table);
  KeyRange keys = {.prefix = absl::StrCat(place, range.prefix), .descending = range.descending};
  if (!range.after.empty()) keys.after = absl::StrCat(place, range.after);
  return reader.Scan(by_index ? Space::kIndexes : Space::kRows, keys,
                     [&](absl::string_view key, absl::string_view value) {
                       return visit(key.substr(place.size()), value);
                     });
}

}  // namespace

absl::Status ScanKeys(
    const Reader& reader, const TableInfo& table, bool unique, const RowRange& range,
    absl::FunctionRef<bool(absl::string_view key, absl::string_view position)> visit) {
  if (range.index == kPrimary) {
    return Walk(reader, table, range,
                [&](absl::string_view key, absl::string_view) { return visit(key, key); });
  }
  absl::Status status;
  RETURN_IF_ERROR(
      Walk(reader, table, range, [&](absl::string_view position, absl::string_view value) {
        absl::string_view key;
        if (PrimaryKeyOf(unique, position, value, key)) return visit(key, position);
        status = Damaged(table, "an index entry cannot be read");
        return false;
      }));
  return status;
}

absl::Status ScanRows(
    const Reader& reader, const TableInfo& table, bool unique, const RowRange& range,
    absl::FunctionRef<absl::StatusOr<bool>(absl::string_view value, absl::string_view position)>
        visit) {
  absl::Status status;
  const auto pass = [&](absl::string_view value, absl::string_view position) {
    const absl::StatusOr<bool> go_on = visit(value, position);
    if (!go_on.ok()) status = go_on.status();
    return go_on.ok() && *go_on;
  };
  if (range.index == kPrimary) {
    RETURN_IF_ERROR(Walk(reader, table, range, [&](absl::string_view key, absl::string_view value) {
      return pass(value, key);
    }));
    return status;
  }
  RETURN_IF_ERROR(ScanKeys(
      reader, table, unique, range, [&](absl::string_view key, absl::string_view position) {
        const auto value = FindRow(reader, table, key);
        if (value.ok() && value->has_value()) return pass(**value, position);
        status = value.ok() ? Damaged(table, "an index entry has no row") : value.status();
        return false;
      }));
  return status;
}

absl::StatusOr<absl::Time> ScanDue(
    const Reader& snapshot, const TableInfo& table, bool unique, IndexHead& head, absl::Time now,
    absl::FunctionRef<absl::StatusOr<bool>(absl::string_view key)> visit) {
  CHECK(!unique) << table.name;
  return head.Look(
      snapshot, now,
      [&](absl::string_view position, absl::string_view value) -> absl::StatusOr<bool> {
        absl::string_view key;
        if (PrimaryKeyOf(unique, position, value, key)) return visit(key);
        return Damaged(table, "an index entry cannot be read");
      });
}

void CheckSpec(const TableInfo& table, bool has_functions,
               const std::vector<IndexEntries>& indexes) {
  CHECK(table.number > 0) << "table " << table.name << " needs a number";
  CHECK(has_functions) << "table " << table.name << " needs all its key functions";
  std::set<uint32_t> numbers;
  for (const IndexEntries& index : indexes) {
    CHECK(index.number > 0 && numbers.insert(index.number).second)
        << "index " << index.name << " of table " << table.name << " needs its own number";
  }
}

void FailOnUnknownIndex(const TableInfo& table, uint32_t index) {
  LOG(FATAL) << "table " << table.name << " has no such index: " << index;
}

absl::Status NoSuchRow(const TableInfo& table) {
  return absl::NotFoundError(absl::StrCat(table.name, ": no such row."));
}

absl::Status RowExists(const TableInfo& table) {
  return absl::AlreadyExistsError(absl::StrCat(table.name, ": the row is there already."));
}

absl::Status UnreadableRow(const TableInfo& table) {
  return Damaged(table, "a row cannot be read");
}

}  // namespace internal
}  // namespace eid::kv
