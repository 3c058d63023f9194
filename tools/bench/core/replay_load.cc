// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "common/status/macros.h"
#include "tools/bench/core/commits.h"
#include "tools/bench/core/raw_writes.h"
#include "tools/bench/core/store_loads.h"

namespace eid::bench {
namespace {

using Record = std::function<absl::StatusOr<std::vector<Commit>>()>;

class Replay final : public RawWrites {
 public:
  Replay(Context& context, std::string name, Record record)
      : RawWrites(context), name_(std::move(name)), record_(std::move(record)) {}

  std::string name() const override { return name_; }

  absl::Status Prepare() override {
    ASSIGN_OR_RETURN(std::vector<Commit> commits, record_());
    for (Commit& commit : commits) {
      std::vector<Entry>& job = jobs_.emplace_back();
      for (Write& write : commit) {
        const size_t place = PlaceOfId(write.key);
        job.push_back({std::move(write), place});
      }
    }
    return absl::OkStatus();
  }

 private:
  struct Entry {
    Write write;
    // In its key, what differs from repetition to repetition.
    size_t place;
  };

  rocksdb::Status AddJob(uint64_t n, const kv::Engine& engine,
                         rocksdb::WriteBatch& batch) override {
    const uint64_t round = (n - 1) / jobs_.size();
    rocksdb::Status status;
    for (const auto& [write, place] : jobs_[(n - 1) % jobs_.size()]) {
      key_ = write.key;
      key_[place] ^= static_cast<char>(round >> 8);
      key_[place + 1] ^= static_cast<char>(round);
      auto* const family = engine.family(write.space);
      status = write.value.has_value() ? batch.Put(family, key_, *write.value)
                                       : batch.Delete(family, key_);
      if (!status.ok()) break;
    }
    return status;
  }

  const std::string name_;
  const Record record_;
  std::vector<std::vector<Entry>> jobs_;
  std::string key_;
};

}  // namespace

std::shared_ptr<Contender> ReplayLoad(Context& context, std::string name, Record record) {
  return std::make_shared<Replay>(context, std::move(name), std::move(record));
}

}  // namespace eid::bench
