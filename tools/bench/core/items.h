// SPDX-License-Identifier: Apache-2.0
// The row that all stores are measured with: as large as a registration of the suite in its first
// steps, with ids like a service's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "common/kv/table.h"
#include "tools/bench/core/bench.pb.h"

namespace eid::bench {

// Bytes of an item's body.
inline constexpr size_t kBodyBytes = 512;

// The n-th id, like those of a service (common/id): 26 characters, of which the first tell the time; the
// same in every run.
std::string IdOf(uint64_t n);
// What differs from item to item: its id, its owner's (the same for sixteen), its code, and the id of
// the request that makes it.
struct Names {
  std::string item_id;
  std::string owner_id;
  std::string code;
  std::string request_id;
};
Names NamesOf(uint64_t n);
v1::Item MakeItem(uint64_t n);
// The n-th request; `n` names its item and its request id.
v1::CreateItemRequest MakeCreateRequest(uint64_t n);
v1::PutRequest MakePutRequest(uint64_t n);

const kv::Table<v1::Item>& Items();

// A durable mutation as a service makes it: digest of the request, the request's row, the item with
// its indexes, an entry in the feed, one commit.
void CreateItem(kv::Database& database, const v1::CreateItemRequest& request,
                std::function<void(absl::StatusOr<v1::CreateItemResponse>)> done);
// One row under its key, durable, and nothing else.
void PutRow(kv::Database& database, const v1::PutRequest& request,
            std::function<void(absl::StatusOr<v1::PutResponse>)> done);

}  // namespace eid::bench
