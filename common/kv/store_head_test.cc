// SPDX-License-Identifier: Apache-2.0
#include "common/kv/store_head.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "common/kv/testing/things.h"
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

}  // namespace
}  // namespace eid::kv::testing
