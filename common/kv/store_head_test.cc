// SPDX-License-Identifier: Apache-2.0
#include "common/kv/store_head.h"

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/engine.h"
#include "common/kv/testing/things.h"
#include "common/kv/view.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

std::string IdentityOf(std::string store_id, size_t page_key_bytes) {
  IdentityRow row;
  row.set_store_id(std::move(store_id));
  row.set_page_key(std::string(page_key_bytes, 'k'));
  return row.SerializeAsString();
}

TEST_CASE("a store whose own rows say nothing that it ever writes is refused") {
  const TempFolder folder;
  const DatabaseOptions options = {.path = folder / "store"};
  const char* key = kIdentityKey;
  std::string row;
  SECTION("no identity") {}
  SECTION("a short id") { row = IdentityOf("abc", 32); }
  SECTION("an id of other signs") { row = IdentityOf(std::string(31, 'a') + "\n", 32); }
  SECTION("no page key") { row = IdentityOf(std::string(32, 'a'), 0); }
  SECTION("no version") { key = kSchemaKey; }
  SECTION("bytes that are no row") {
    key = kSchemaKey;
    row.push_back('\xff');
  }
  REQUIRE_OK(OpenStore(options)->TransactAndWait([&](Txn& txn) {
    txn.Put(Space::kMeta, key, row);
    return absl::OkStatus();
  }));
  const absl::Status status = Database::Open(options).status();
  CHECK(status.code() == absl::StatusCode::kDataLoss);
  CHECK(absl::StrContains(status.message(), "restore the latest backup"));
}

TEST_CASE("a store whose numbers are near their end is refused, and goes not back to zero") {
  const TempFolder folder;
  const DatabaseOptions options = {.path = folder / "store"};
  REQUIRE_OK(OpenStore(options)->TransactAndWait(
      [](Txn& txn) { return Things().Insert(txn, MakeThing("a")); }));
  uint64_t number = 0;
  SECTION("the last there is") { number = std::numeric_limits<uint64_t>::max(); }
  SECTION("the one before") { number = std::numeric_limits<uint64_t>::max() - 1; }
  SECTION("the first that is not believed") { number = uint64_t{1} << 63; }
  // With its traces, so that nothing else is wrong with it.
  const auto open_with = [&](void (StateRow::*set)(uint64_t)) {
    {
      const auto engine = Value(Engine::Open(options));
      const SnapshotReader reader(*engine);
      StateRow state = Value(ReadState(reader));
      state.set_revision(2);
      state.set_batch(4);
      state.set_feed_entries(0);
      (state.*set)(number);
      rocksdb::WriteOptions durable;
      durable.sync = true;
      for (uint64_t back = 0; back < 4; ++back) {
        const uint64_t batch = state.batch() - back;
        REQUIRE(engine->db()
                    ->Put(durable, absl::StrCat("batch ", batch % 4), absl::StrCat(batch))
                    .ok());
      }
      REQUIRE(engine->db()->Put(durable, kStateKey, state.SerializeAsString()).ok());
    }
    const absl::Status status = Database::Open(options).status();
    CHECK(status.code() == absl::StatusCode::kDataLoss);
    CHECK(absl::StrContains(status.message(), "Move it aside and restore the latest backup."));
  };
  open_with(&StateRow::set_revision);
  open_with(&StateRow::set_batch);
  open_with(&StateRow::set_feed_entries);
}

}  // namespace
}  // namespace eid::kv::testing
