// SPDX-License-Identifier: Apache-2.0
// Tables of things, and stores to keep it in, for this library's tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/kv/table.h"
#include "common/kv/testing/thing.pb.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {

using eid::testing::Value;

inline constexpr uint32_t kByState = 1;
inline constexpr uint32_t kByCode = 2;
inline constexpr uint32_t kByTag = 3;

const Table<Thing>& Things();

inline constexpr uint32_t kErrandTable = 8;
inline constexpr uint32_t kByDue = 1;

// Another table: things that are due at the second of their state, in the lanes of their tags.
const Table<Thing>& Errands();
inline absl::Time At(uint32_t second) { return absl::FromUnixSeconds(second); }

Thing MakeThing(std::string id, uint32_t state = 0, std::string code = "",
                std::vector<std::string> tags = {});

// A store in memory; fails the test if it cannot be opened.
std::unique_ptr<Database> OpenStore(DatabaseOptions options = {.in_memory = true});

// Keeps the writer busy until it is destroyed, so that what is submitted meanwhile makes one batch.
class BusyWriter {
 public:
  explicit BusyWriter(Database& database);
  ~BusyWriter() { Release(); }
  BusyWriter(const BusyWriter&) = delete;
  BusyWriter& operator=(const BusyWriter&) = delete;
  void Release();

 private:
  struct Gate;
  std::shared_ptr<Gate> gate_;
};

// The outcome of a Transact, to wait for. Must outlive it.
class Outcome {
 public:
  Outcome();
  ~Outcome();
  Database::Done Callback();
  // Waits.
  absl::StatusOr<uint64_t> Get();
  bool Ready() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// A folder of its own, gone with its contents when destroyed.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace eid::kv::testing
