// SPDX-License-Identifier: Apache-2.0
#include "common/kv/migration.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/status/macros.h"
#include "common/testing/matchers.h"

namespace eid::kv::testing {
namespace {

TEST_CASE("a migration of many rows goes in steps, and begins anew if it was cut short") {
  constexpr uint32_t kMany = 2 * kRowsOfStep + 10;
  const TempFolder folder;
  DatabaseOptions options = {.path = folder / "store"};
  {
    const auto store = OpenStore(options);
    REQUIRE_OK(store->TransactAndWait([](Txn& txn) {
      absl::Status status;
      for (uint32_t i = 0; i < kMany; ++i) {
        status.Update(Things().Insert(txn, MakeThing(absl::StrCat(i))));
      }
      return status;
    }));
  }
  int steps = 0;
  uint32_t changed = 0;
  int cut_at = 2;
  options.schema_version = 2;
  options.migrations = {[&](Txn& txn, std::string& position) -> absl::StatusOr<bool> {
    if (++steps == cut_at) return absl::AbortedError("cut short");
    return ChangeSomeRows(Things(), txn, position, [&](const std::string& key) -> absl::Status {
      ASSIGN_OR_RETURN(Thing thing, Things().Get(txn, key));
      if (thing.state() == 7) return absl::OkStatus();
      thing.set_state(7);
      ++changed;
      return Things().Update(txn, thing);
    });
  }};
  CHECK(Database::Open(options).status().code() == absl::StatusCode::kAborted);
  CHECK(changed == kRowsOfStep);
  steps = 0;
  cut_at = 0;
  const auto store = OpenStore(options);
  CHECK(steps == 3);
  CHECK(changed == kMany);
  uint32_t found = 0;
  REQUIRE_OK(Things().ScanKeys(*store->Read(), {.index = kByState, .prefix = KeyOf(uint32_t{7})},
                               [&](absl::string_view, absl::string_view) {
                                 ++found;
                                 return true;
                               }));
  CHECK(found == kMany);
}

TEST_CASE("a new store has the version at once and needs no migration") {
  bool ran = false;
  const auto store = OpenStore({.in_memory = true,
                                .schema_version = 2,
                                .migrations = {[&](Txn&, std::string&) -> absl::StatusOr<bool> {
                                  ran = true;
                                  return true;
                                }}});
  CHECK_FALSE(ran);
  CHECK(store->revision() == 0);
}

}  // namespace
}  // namespace eid::kv::testing
