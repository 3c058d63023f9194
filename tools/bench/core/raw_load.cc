// SPDX-License-Identifier: Apache-2.0
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "common/kv/engine.h"
#include "common/status/macros.h"
#include "tools/bench/core/items.h"
#include "tools/bench/core/raw_writes.h"
#include "tools/bench/core/store_loads.h"

namespace eid::bench {
namespace {

constexpr kv::Space kSpaces[] = {kv::Space::kRows, kv::Space::kIndexes, kv::Space::kRequests,
                                 kv::Space::kFeed};

// A key or a value with the places where it differs from job to job.
struct Pattern {
  std::string bytes;
  // Offset in `bytes`, and which of the job's names belongs there.
  std::vector<std::pair<size_t, std::string Names::*>> places;
};

struct Entry {
  kv::Space space;
  Pattern key;
  Pattern value;
};

constexpr std::string Names::*kNames[] = {&Names::item_id, &Names::owner_id, &Names::code,
                                          &Names::request_id};

Pattern PatternOf(absl::string_view bytes, const Names& names) {
  Pattern pattern = {.bytes = std::string(bytes)};
  for (const auto name : kNames) {
    for (size_t at = pattern.bytes.find(names.*name); at != std::string::npos;
         at = pattern.bytes.find(names.*name, at + 1)) {
      pattern.places.emplace_back(at, name);
    }
  }
  return pattern;
}

rocksdb::Slice Fill(Pattern& pattern, const Names& names) {
  for (const auto& [at, name] : pattern.places) {
    pattern.bytes.replace(at, (names.*name).size(), names.*name);
  }
  return pattern.bytes;
}

// Lets the store itself say what it writes for a job.
absl::StatusOr<std::vector<Entry>> RecordJob() {
  ASSIGN_OR_RETURN(const auto database, kv::Database::Open({.in_memory = true}));
  std::promise<absl::Status> promise;
  CreateItem(*database, MakeCreateRequest(0), [&](absl::StatusOr<v1::CreateItemResponse> created) {
    promise.set_value(created.status());
  });
  RETURN_IF_ERROR(promise.get_future().get());
  const Names names = NamesOf(0);
  std::vector<Entry> entries;
  const auto reader = database->Read();
  for (const kv::Space space : kSpaces) {
    RETURN_IF_ERROR(reader->Scan(space, {}, [&](absl::string_view key, absl::string_view value) {
      entries.push_back({space, PatternOf(key, names), PatternOf(value, names)});
      return true;
    }));
  }
  return entries;
}

class Raw final : public RawWrites {
 public:
  using RawWrites::RawWrites;

  std::string name() const override { return "raw"; }

  absl::Status Prepare() override {
    ASSIGN_OR_RETURN(entries_, RecordJob());
    return absl::OkStatus();
  }

 private:
  rocksdb::Status AddJob(uint64_t n, const kv::Engine& engine,
                         rocksdb::WriteBatch& batch) override {
    const Names names = NamesOf(n);
    rocksdb::Status status;
    for (Entry& entry : entries_) {
      if (entry.space == kv::Space::kFeed) WriteRevision(n, entry.key.bytes);
      status =
          batch.Put(engine.family(entry.space), Fill(entry.key, names), Fill(entry.value, names));
      if (!status.ok()) break;
    }
    return status;
  }

  // In front of a feed entry's key, big-endian.
  static void WriteRevision(uint64_t revision, std::string& key) {
    for (int i = 7; i >= 0; --i, revision >>= 8) key[i] = static_cast<char>(revision);
  }

  std::vector<Entry> entries_;
};

}  // namespace

std::shared_ptr<Contender> RawLoad(Context& context) { return std::make_shared<Raw>(context); }

}  // namespace eid::bench
