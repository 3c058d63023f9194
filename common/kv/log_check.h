// SPDX-License-Identifier: Apache-2.0
// Private to common/kv: damage to the headers of a log's records that RocksDB takes for something
// else and passes over without a word, with all that comes after it:
// - a length that reaches beyond the end of the log: as a crash leaves it, or a flipped bit;
// - a type of records in logs that are used again: it thinks the rest is of an earlier use. We never
//   use a log again.
// Everything else it refuses itself.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace eid::kv {

// The same for write-ahead logs and manifests: blocks of so many bytes, records within them.
inline constexpr size_t kLogBlockBytes = 32'768;

// Whether there is such a header in one block of a log. A torn record, which is no damage, is told
// from a damaged length by its checksum: that of a torn one is not right for any shorter length.
bool HasDamagedHeader(absl::string_view block);

// DATA_LOSS if a write-ahead log of the store in this folder, or its manifest, has such a header.
absl::Status CheckLogs(const std::string& folder);

}  // namespace eid::kv
