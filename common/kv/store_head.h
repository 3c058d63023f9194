// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: what a store says of itself, in Space::kMeta.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "common/kv/storage.pb.h"

namespace eid::kv {

// Keys of the rows of this library itself.
inline constexpr char kIdentityKey[] = "identity";
inline constexpr char kSchemaKey[] = "schema";
inline constexpr char kStateKey[] = "state";

struct StoreHead {
  IdentityRow identity;
  SchemaRow schema;
  StateRow state;
};

// Of a store that has nothing yet.
StoreHead NewHead(uint32_t schema_version);

// DATA_LOSS: a row cannot be read, or says what this library never writes; or a batch is missing
// (batch_trace.h).
absl::StatusOr<StoreHead> ReadHead(const Reader& reader);

// The state alone; a default one if the store is new.
absl::StatusOr<StateRow> ReadState(const Reader& reader);

// FAILED_PRECONDITION: written by a newer version. INVALID_ARGUMENT: `options` lack a migration.
absl::Status CheckVersions(const StoreHead& head, const DatabaseOptions& options);

}  // namespace eid::kv
