// SPDX-License-Identifier: Apache-2.0
#include "common/kv/store_head.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/crypto/encoding.h"
#include "common/kv/batch_trace.h"
#include "common/status/macros.h"

namespace eid::kv {
namespace {

// Of this library's own keys and rows.
constexpr uint32_t kFormat = 1;
constexpr size_t kStoreIdBytes = 16;
constexpr size_t kPageKeyBytes = 32;
// No store comes here, however long it runs; from here none comes to the end of the numbers.
constexpr uint64_t kMostCounted = std::numeric_limits<uint64_t>::max() / 2;

absl::Status Damaged(absl::string_view key, absl::string_view how) {
  return absl::DataLossError(absl::StrCat("The store is damaged: its \"", key, "\" ", how,
                                          ". Move it aside and restore the latest backup."));
}

template <class Row>
absl::Status ReadMeta(const Reader& reader, absl::string_view key, Row& row) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, reader.Get(Space::kMeta, key));
  if (bytes.has_value() && row.ParseFromString(*bytes)) return absl::OkStatus();
  return Damaged(key, "cannot be read");
}

// Bytes that are a row may still be none of ours: an empty one, above all, which says nothing. The id
// goes into the file of the high-water mark, whose words are parted by spaces and lines; who knows the
// page key makes tokens of pages.
absl::Status CheckSense(const StoreHead& head) {
  const std::string& id = head.identity.store_id();
  if (id.size() != 2 * kStoreIdBytes || !std::all_of(id.begin(), id.end(), absl::ascii_isxdigit) ||
      head.identity.page_key().size() != kPageKeyBytes) {
    return Damaged(kIdentityKey, "is not one");
  }
  if (head.schema.version() == 0) return Damaged(kSchemaKey, "has no version");
  const StateRow& state = head.state;
  const uint64_t most = std::max({state.revision(), state.batch(), state.feed_entries()});
  if (state.format() == 0 || state.feed_trimmed_to() > state.revision() || most > kMostCounted) {
    return Damaged(kStateKey, "is not one");
  }
  return absl::OkStatus();
}

}  // namespace

StoreHead NewHead(uint32_t schema_version) {
  StoreHead head;
  head.identity.set_store_id(crypto::HexEncode(crypto::RandomBytes(kStoreIdBytes)));
  head.identity.set_page_key(crypto::RandomBytes(kPageKeyBytes));
  head.schema.set_version(schema_version);
  head.state.set_format(kFormat);
  return head;
}

absl::StatusOr<StoreHead> ReadHead(const Reader& reader) {
  StoreHead head;
  RETURN_IF_ERROR(ReadMeta(reader, kIdentityKey, head.identity));
  RETURN_IF_ERROR(ReadMeta(reader, kSchemaKey, head.schema));
  RETURN_IF_ERROR(ReadMeta(reader, kStateKey, head.state));
  RETURN_IF_ERROR(CheckSense(head));
  RETURN_IF_ERROR(CheckTraces(reader, head.state));
  return head;
}

absl::StatusOr<StateRow> ReadState(const Reader& reader) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, reader.Get(Space::kMeta, kStateKey));
  StateRow state;
  if (bytes.has_value() && !state.ParseFromString(*bytes)) {
    return Damaged(kStateKey, "cannot be read");
  }
  return state;
}

absl::Status CheckVersions(const StoreHead& head, const DatabaseOptions& options) {
  const uint32_t on_disk = head.schema.version();
  if (head.state.format() > kFormat || on_disk > options.schema_version) {
    return absl::FailedPreconditionError(absl::StrCat(
        "The store at ", options.path, " was written by a newer version (schema ", on_disk,
        ", this one knows ", options.schema_version, "). Run that version, or restore a backup."));
  }
  if (options.migrations.size() + 1 < options.schema_version) {
    return absl::InvalidArgumentError(absl::StrCat("Schema version ", options.schema_version,
                                                   " needs a migration from each earlier one."));
  }
  return absl::OkStatus();
}

}  // namespace eid::kv
