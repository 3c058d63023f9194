// SPDX-License-Identifier: Apache-2.0
// Typed tables: a row (a protobuf message) and its indexes, changed together in one transaction, in
// this class and nowhere else.
//
//   const kv::Table<CaseRow>& Cases() {
//     static const auto* const kTable = new kv::Table<CaseRow>({
//         .number = 1,  // on disk: never changed, never used again
//         .name = "cases",
//         .key = [](const CaseRow& row) { return kv::KeyOf(row.case_().case_id()); },
//         .indexes = {{.number = kByState, .name = "by_state",
//                      .key = [](const CaseRow& row) { return kv::KeyOf(row.case_().state()); }}},
//     });
//     return *kTable;
//   }
//
// Errors are bare codes without a reason: the operation that knows what the row means gives them
// one. They never hold keys or values, which may be personal data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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
#include "common/kv/index_head.h"
#include "common/kv/key.h"
#include "common/kv/page.h"
#include "common/kv/rows.h"

namespace eid::kv {

template <class Row>
struct IndexSpec {
  // From 1, unique within its table. On disk: never changed, never used again.
  uint32_t number = 0;
  const char* name = "";
  // At most one row has a given key.
  bool unique = false;
  std::function<IndexKeys(const Row&)> key;
};

template <class Row>
struct TableSpec {
  // From 1, unique within the store. On disk: never changed, never used again.
  uint32_t number = 0;
  const char* name = "";
  // Never changes while the row lives.
  std::function<std::string(const Row&)> key;
  std::vector<IndexSpec<Row>> indexes;
};

// One page of a list.
template <class Row>
struct RowPage {
  std::vector<Row> rows;
  // Position of the last row looked at, if there are more; else empty. Goes into MakePageToken.
  std::string next_position;
};

// Immutable once built, hence thread-safe; keep one for the life of the process.
template <class Row>
class Table {
 public:
  // CHECK: numbers are set and differ, functions are set.
  explicit Table(TableSpec<Row> spec);

  // NOT_FOUND.
  absl::StatusOr<Row> Get(const Reader& reader, absl::string_view key) const;
  // The row that a unique index has under the key. NOT_FOUND. CHECK: the index is unique.
  absl::StatusOr<Row> GetBy(const Reader& reader, uint32_t index,
                            absl::string_view index_key) const;
  absl::StatusOr<bool> Has(const Reader& reader, absl::string_view key) const;

  // ALREADY_EXISTS: the primary key or a unique index (ViolatedIndex).
  absl::Status Insert(Txn& txn, const Row& row) const;
  // NOT_FOUND; ALREADY_EXISTS: a unique index.
  absl::Status Update(Txn& txn, const Row& row) const;
  // Insert or Update. ALREADY_EXISTS: a unique index.
  absl::Status Put(Txn& txn, const Row& row) const;
  // NOT_FOUND.
  absl::Status Delete(Txn& txn, absl::string_view key) const;

  // Calls `visit` with each row of the range and its position, in order, until it returns false.
  // Inside a Txn, `visit` may change rows.
  absl::Status Scan(const Reader& reader, const RowRange& range,
                    absl::FunctionRef<bool(Row row, absl::string_view position)> visit) const;
  // The same without loading rows: gives primary keys.
  absl::Status ScanKeys(
      const Reader& reader, const RowRange& range,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view position)> visit) const;
  // Calls `visit` with the primary key of each row that is due at `now` by the index of `head`
  // (index_head.h), in order, until it returns false. Gives when the next will be due; InfiniteFuture
  // if none will, or if `visit` returned false. CHECK: the index is not unique.
  absl::StatusOr<absl::Time> ScanDue(
      const Reader& snapshot, IndexHead& head, absl::Time now,
      absl::FunctionRef<absl::StatusOr<bool>(absl::string_view key)> visit) const;

  // Up to `size` rows of the range that `keep` wants, within kPageByteBudget (but at least one row)
  // and kPageScanLimit. A page may be short, even empty, though more follow: next_position tells.
  absl::StatusOr<RowPage<Row>> Page(const Reader& reader, const RowRange& range, size_t size,
                                    absl::FunctionRef<bool(const Row&)> keep) const;
  absl::StatusOr<RowPage<Row>> Page(const Reader& reader, const RowRange& range,
                                    size_t size) const {
    return Page(reader, range, size, [](const Row&) { return true; });
  }

  // Numbers of its indexes.
  std::vector<uint32_t> indexes() const {
    std::vector<uint32_t> numbers;
    for (const IndexSpec<Row>& index : spec_.indexes) numbers.push_back(index.number);
    return numbers;
  }

 private:
  enum class Presence { kAbsent, kPresent, kEither };

  std::vector<internal::IndexEntries> EntriesOf(const Row* row) const;
  absl::StatusOr<Row> Parse(absl::string_view value) const;
  absl::Status Store(Txn& txn, const Row& row, Presence presence) const;
  bool IsUnique(uint32_t index) const;

  TableSpec<Row> spec_;
  internal::TableInfo info_;
};

template <class Row>
Table<Row>::Table(TableSpec<Row> spec) : spec_(std::move(spec)), info_{spec_.number, spec_.name} {
  bool has_functions = spec_.key != nullptr;
  for (const IndexSpec<Row>& index : spec_.indexes)
    has_functions = has_functions && index.key != nullptr;
  internal::CheckSpec(info_, has_functions, EntriesOf(nullptr));
}

template <class Row>
absl::StatusOr<Row> Table<Row>::Get(const Reader& reader, absl::string_view key) const {
  absl::StatusOr<std::optional<std::string>> value = internal::FindRow(reader, info_, key);
  if (!value.ok()) return value.status();
  if (!value->has_value()) return internal::NoSuchRow(info_);
  return Parse(**value);
}

template <class Row>
absl::StatusOr<Row> Table<Row>::GetBy(const Reader& reader, uint32_t index,
                                      absl::string_view index_key) const {
  if (!IsUnique(index)) internal::FailOnUnknownIndex(info_, index);
  absl::StatusOr<std::optional<std::string>> key =
      internal::FindKeyBy(reader, info_, index, index_key);
  if (!key.ok()) return key.status();
  if (!key->has_value()) return internal::NoSuchRow(info_);
  return Get(reader, **key);
}

template <class Row>
absl::StatusOr<bool> Table<Row>::Has(const Reader& reader, absl::string_view key) const {
  absl::StatusOr<std::optional<std::string>> value = internal::FindRow(reader, info_, key);
  if (!value.ok()) return value.status();
  return value->has_value();
}

template <class Row>
absl::Status Table<Row>::Insert(Txn& txn, const Row& row) const {
  return Store(txn, row, Presence::kAbsent);
}

template <class Row>
absl::Status Table<Row>::Update(Txn& txn, const Row& row) const {
  return Store(txn, row, Presence::kPresent);
}

template <class Row>
absl::Status Table<Row>::Put(Txn& txn, const Row& row) const {
  return Store(txn, row, Presence::kEither);
}

template <class Row>
absl::Status Table<Row>::Store(Txn& txn, const Row& row, Presence presence) const {
  const std::string key = spec_.key(row);
  absl::StatusOr<std::optional<std::string>> value = internal::FindRow(txn, info_, key);
  if (!value.ok()) return value.status();
  if (value->has_value() && presence == Presence::kAbsent) return internal::RowExists(info_);
  if (!value->has_value() && presence == Presence::kPresent) return internal::NoSuchRow(info_);
  std::vector<internal::IndexEntries> before;
  if (value->has_value()) {
    absl::StatusOr<Row> old = Parse(**value);
    if (!old.ok()) return old.status();
    before = EntriesOf(&*old);
  }
  return internal::WriteRow(txn, info_, key, row.SerializeAsString(), before, EntriesOf(&row));
}

template <class Row>
absl::Status Table<Row>::Delete(Txn& txn, absl::string_view key) const {
  absl::StatusOr<Row> old = Get(txn, key);
  if (!old.ok()) return old.status();
  internal::EraseRow(txn, info_, key, EntriesOf(&*old));
  return absl::OkStatus();
}

template <class Row>
absl::Status Table<Row>::Scan(
    const Reader& reader, const RowRange& range,
    absl::FunctionRef<bool(Row row, absl::string_view position)> visit) const {
  return internal::ScanRows(
      reader, info_, IsUnique(range.index), range,
      [&](absl::string_view value, absl::string_view position) -> absl::StatusOr<bool> {
        absl::StatusOr<Row> row = Parse(value);
        if (!row.ok()) return row.status();
        return visit(*std::move(row), position);
      });
}

template <class Row>
absl::Status Table<Row>::ScanKeys(
    const Reader& reader, const RowRange& range,
    absl::FunctionRef<bool(absl::string_view key, absl::string_view position)> visit) const {
  return internal::ScanKeys(reader, info_, IsUnique(range.index), range, visit);
}

template <class Row>
absl::StatusOr<absl::Time> Table<Row>::ScanDue(
    const Reader& snapshot, IndexHead& head, absl::Time now,
    absl::FunctionRef<absl::StatusOr<bool>(absl::string_view key)> visit) const {
  return internal::ScanDue(snapshot, info_, IsUnique(head.index()), head, now, visit);
}

template <class Row>
absl::StatusOr<RowPage<Row>> Table<Row>::Page(const Reader& reader, const RowRange& range,
                                              size_t size,
                                              absl::FunctionRef<bool(const Row&)> keep) const {
  RowPage<Row> page;
  std::string last;
  size_t bytes = 0;
  size_t seen = 0;
  bool more = false;
  absl::Status status = Scan(reader, range, [&](Row row, absl::string_view position) {
    const bool wanted = keep(row);
    const size_t cost = wanted ? row.ByteSizeLong() : 0;
    const bool no_room = wanted && !page.rows.empty() && bytes + cost > kPageByteBudget;
    if (page.rows.size() >= size || seen >= kPageScanLimit || no_room) {
      more = true;
      return false;
    }
    ++seen;
    last = std::string(position);
    if (wanted) {
      bytes += cost;
      page.rows.push_back(std::move(row));
    }
    return true;
  });
  if (!status.ok()) return status;
  if (more) page.next_position = std::move(last);
  return page;
}

template <class Row>
std::vector<internal::IndexEntries> Table<Row>::EntriesOf(const Row* row) const {
  std::vector<internal::IndexEntries> entries;
  entries.reserve(spec_.indexes.size());
  for (const IndexSpec<Row>& index : spec_.indexes) {
    entries.push_back(
        {index.number, index.name, index.unique, row == nullptr ? IndexKeys() : index.key(*row)});
  }
  return entries;
}

template <class Row>
absl::StatusOr<Row> Table<Row>::Parse(absl::string_view value) const {
  Row row;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return internal::UnreadableRow(info_);
  return row;
}

template <class Row>
bool Table<Row>::IsUnique(uint32_t index) const {
  for (const IndexSpec<Row>& spec : spec_.indexes) {
    if (spec.number == index) return spec.unique;
  }
  if (index != kPrimary) internal::FailOnUnknownIndex(info_, index);
  return false;
}

}  // namespace eid::kv
