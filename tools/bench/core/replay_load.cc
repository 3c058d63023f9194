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
    ASSIGN_OR_RETURN(recorded_, record_());
    return absl::OkStatus();
  }

 private:
  rocksdb::Status AddJob(uint64_t n, const kv::Engine& engine,
                         rocksdb::WriteBatch& batch) override {
    // Each repetition has a region of its own in every table, index and feed, in which its keys lie as
    // they lay in the stores: behind the first byte, which tells the stores apart.
    const uint64_t round = (n - 1) / recorded_.size();
    rocksdb::Status status;
    for (const Write& write : recorded_[(n - 1) % recorded_.size()]) {
      key_ = write.key;
      key_[1] ^= static_cast<char>(round >> 8);
      key_[2] ^= static_cast<char>(round);
      auto* const family = engine.family(write.space);
      status = write.value.has_value() ? batch.Put(family, key_, *write.value)
                                       : batch.Delete(family, key_);
      if (!status.ok()) break;
    }
    return status;
  }

  const std::string name_;
  const Record record_;
  std::vector<Commit> recorded_;
  std::string key_;
};

}  // namespace

std::shared_ptr<Contender> ReplayLoad(Context& context, std::string name, Record record) {
  return std::make_shared<Replay>(context, std::move(name), std::move(record));
}

}  // namespace eid::bench
