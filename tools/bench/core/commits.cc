// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/commits.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/kv/engine.h"
#include "common/kv/storage.pb.h"
#include "common/kv/store_head.h"
#include "common/status/macros.h"
#include "rocksdb/transaction_log.h"
#include "rocksdb/write_batch.h"

namespace eid::bench {
namespace {

// Takes one batch of a store's log apart. A family has the number of its space.
class Batch final : public rocksdb::WriteBatch::Handler {
 public:
  rocksdb::Status PutCF(uint32_t family, const rocksdb::Slice& key,
                        const rocksdb::Slice& value) override {
    const auto space = static_cast<kv::Space>(family);
    if (space != kv::Space::kMeta) {
      writes.push_back({space, key.ToString(), value.ToString()});
    } else if (key == kv::kStateKey) {
      kv::StateRow state;
      if (!state.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        return rocksdb::Status::Corruption("the state cannot be read");
      }
      revision = state.revision();
    }
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(uint32_t family, const rocksdb::Slice& key) override {
    const auto space = static_cast<kv::Space>(family);
    if (space != kv::Space::kMeta) writes.push_back({space, key.ToString(), std::nullopt});
    return rocksdb::Status::OK();
  }

  std::vector<Write> writes;
  // Of its last transaction.
  std::optional<uint64_t> revision;
};

// Any other opening would turn the logs into tables.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenToRead(const std::string& folder) {
  const rocksdb::DBOptions options;
  std::vector<std::string> names;
  RETURN_IF_ERROR(kv::FromRocks(rocksdb::DB::ListColumnFamilies(options, folder, &names)));
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) {
    families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  RETURN_IF_ERROR(
      kv::FromRocks(rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &db)));
  std::unique_ptr<rocksdb::DB> opened(db);
  for (auto* const handle : handles) (void)db->DestroyColumnFamilyHandle(handle);
  return opened;
}

}  // namespace

std::vector<Commit> Deal(std::vector<Write> batch, size_t commits) {
  std::vector<Commit> dealt(commits);
  for (size_t i = 0; i < batch.size(); ++i) dealt[i % commits].push_back(std::move(batch[i]));
  return dealt;
}

absl::StatusOr<std::vector<Commit>> ReadCommits(const std::string& folder, uint64_t after) {
  ASSIGN_OR_RETURN(const auto db, OpenToRead(folder));
  std::unique_ptr<rocksdb::TransactionLogIterator> log;
  RETURN_IF_ERROR(kv::FromRocks(db->GetUpdatesSince(0, &log)));
  std::vector<Commit> commits;
  // Of the batch before; nullopt: how many transactions the next one holds is not known.
  std::optional<uint64_t> before;
  for (; log->Valid(); log->Next()) {
    const rocksdb::BatchResult record = log->GetBatch();
    Batch batch;
    RETURN_IF_ERROR(kv::FromRocks(record.writeBatchPtr->Iterate(&batch)));
    if (!batch.revision.has_value()) continue;
    if (before.has_value() && *before >= after && *batch.revision > *before) {
      for (Commit& commit : Deal(std::move(batch.writes), *batch.revision - *before)) {
        commits.push_back(std::move(commit));
      }
    }
    before = batch.revision;
  }
  RETURN_IF_ERROR(kv::FromRocks(log->status()));
  return commits;
}

std::vector<Commit> Mix(std::vector<std::vector<Commit>> stores) {
  std::vector<std::pair<double, Commit>> placed;
  for (size_t store = 0; store < stores.size(); ++store) {
    const double step = 1 / static_cast<double>(stores[store].size());
    double place = step / 2;
    for (Commit& commit : stores[store]) {
      for (Write& write : commit) write.key[0] ^= static_cast<char>(store + 1);
      placed.emplace_back(place, std::move(commit));
      place += step;
    }
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Commit> mixed;
  for (auto& [place, commit] : placed) mixed.push_back(std::move(commit));
  return mixed;
}

}  // namespace eid::bench
