// SPDX-License-Identifier: Apache-2.0
#include "common/kv/testing/things.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <utility>

namespace eid::kv::testing {

const Table<Thing>& Things() {
  static const auto* const kTable = new Table<Thing>({
      .number = 7,
      .name = "things",
      .key = [](const Thing& thing) { return KeyOf(thing.id()); },
      .indexes = {{.number = kByState,
                   .name = "by_state",
                   .key = [](const Thing& thing) { return KeyOf(thing.state()); }},
                  {.number = kByCode,
                   .name = "by_code",
                   .unique = true,
                   .key =
                       [](const Thing& thing) {
                         return thing.code().empty() ? IndexKeys{} : KeyOf(thing.code());
                       }},
                  {.number = kByTag,
                   .name = "by_tag",
                   .key =
                       [](const Thing& thing) {
                         IndexKeys keys;
                         for (const std::string& tag : thing.tags()) keys.push_back(KeyOf(tag));
                         return keys;
                       }}},
  });
  return *kTable;
}

const Table<Thing>& Errands() {
  static const auto* const kErrands = new Table<Thing>({
      .number = kErrandTable,
      .name = "errands",
      .key = [](const Thing& thing) { return KeyOf(thing.id()); },
      .indexes = {{.number = kByDue,
                   .name = "by_due",
                   .key =
                       [](const Thing& thing) {
                         IndexKeys keys;
                         for (const std::string& lane : thing.tags())
                           keys.push_back(KeyOf(lane, At(thing.state())));
                         return keys;
                       }}},
  });
  return *kErrands;
}

Thing MakeThing(std::string id, uint32_t state, std::string code, std::vector<std::string> tags) {
  Thing thing;
  thing.set_id(std::move(id));
  thing.set_state(state);
  thing.set_code(std::move(code));
  for (std::string& tag : tags) thing.add_tags(std::move(tag));
  return thing;
}

std::unique_ptr<Database> OpenStore(DatabaseOptions options) {
  return Value(Database::Open(std::move(options)));
}

struct BusyWriter::Gate {
  std::promise<void> entered;
  std::promise<void> open;
};

BusyWriter::BusyWriter(Database& database) : gate_(std::make_shared<Gate>()) {
  database.Transact(
      [gate = gate_](Txn&) {
        gate->entered.set_value();
        gate->open.get_future().wait();
        return absl::OkStatus();
      },
      [](absl::StatusOr<uint64_t>) {});
  gate_->entered.get_future().wait();
}

void BusyWriter::Release() {
  if (gate_ != nullptr) std::exchange(gate_, nullptr)->open.set_value();
}

struct Outcome::State {
  std::promise<absl::StatusOr<uint64_t>> promise;
  std::shared_future<absl::StatusOr<uint64_t>> future = promise.get_future().share();
};

Outcome::Outcome() : state_(std::make_shared<State>()) {}

Outcome::~Outcome() = default;

Database::Done Outcome::Callback() {
  return [state = state_](absl::StatusOr<uint64_t> revision) {
    state->promise.set_value(std::move(revision));
  };
}

absl::StatusOr<uint64_t> Outcome::Get() { return state_->future.get(); }

bool Outcome::Ready() const {
  return state_->future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

TempFolder::TempFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "eid-kv-XXXXXX";
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace eid::kv::testing
