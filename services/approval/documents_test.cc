// SPDX-License-Identifier: Apache-2.0
#include "services/approval/documents.h"

#include "common/kv/key.h"
#include "common/testing/matchers.h"
#include "services/approval/store.h"
#include "services/approval/testing/world.h"

namespace eid::approval {
namespace {

using eid::testing::Value;
using testing::World;

TEST_CASE("a row is packed while it is stored, and has its documents before and after") {
  CaseRow row;
  v1::Case& c = *row.mutable_case_();
  c.set_case_id("case-1");
  c.mutable_dossier()->set_category(dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE);
  c.mutable_verification()->set_rule_version("rules-1");
  const std::string whole = c.SerializeAsString();
  std::string stored;
  {
    const Packed packed(row);
    CHECK_FALSE(c.has_dossier());
    CHECK_FALSE(c.has_verification());
    CHECK(CategoryOf(row) == dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE);
    stored = row.SerializeAsString();
  }
  CHECK(c.SerializeAsString() == whole);
  CHECK(row.dossier().empty());
  CHECK(row.verification().empty());

  CaseRow loaded;
  REQUIRE(loaded.ParseFromString(stored));
  CHECK(CategoryOf(loaded) == dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE);
  REQUIRE_OK(Unpack(loaded));
  CHECK(loaded.case_().SerializeAsString() == whole);
  // A new submission may be of another category.
  loaded.mutable_case_()->mutable_dossier()->set_category(
      dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  CHECK(CategoryOf(loaded) == dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  const Packed packed(loaded);
  CHECK(CategoryOf(loaded) == dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
}

TEST_CASE("documents that cannot be read are DATA_LOSS, and decide nothing") {
  World world;
  world.Open("case-1");
  const v1::Case claimed = Value(world.Claim("reviewer", "case-1"));
  REQUIRE_OK(world.database->TransactAndWait([](kv::Txn& txn) -> absl::Status {
    CaseRow row = Value(LoadBrief(txn, "case-1"));
    row.set_verification("\xff\xff\xff");
    return Cases().Update(txn, row);
  }));
  CHECK(LoadCase(*world.database->Read(), "case-1").status().code() == absl::StatusCode::kDataLoss);
  CHECK(world.List({}).status().code() == absl::StatusCode::kDataLoss);
  CHECK(world.Approve("approver", claimed).status().code() == absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace eid::approval
