// SPDX-License-Identifier: Apache-2.0
// Opaque tokens that callers carry for us: where a list goes on, where a watch resumes. They are
// authenticated with a key of the store's (Database::page_key()), so that a hostile one is an
// error, never a strange scan.
//
// A token names a place, it grants nothing: who may see what is decided anew for each call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace eid::kv {

inline constexpr int32_t kDefaultPageSize = 50;
inline constexpr int32_t kMaxPageSize = 500;
// Rows of one page, serialized: well below the 4 MiB limit of a message.
inline constexpr size_t kPageByteBudget = size_t{3} << 20;
// Rows that one call looks at for a filtered page before it answers with a short page and a token.
inline constexpr size_t kPageScanLimit = 10'000;

// 0: the default. Above the maximum: the maximum. Below zero: INVALID_ARGUMENT with INVALID_REQUEST
// on `page_size`.
absl::StatusOr<size_t> PageSize(int32_t requested);

// `query_digest`: the method and everything of the request but page_size and page_token: a token
// serves the query that it was made for alone. An empty position gives an empty token (there are no
// more pages).
std::string MakePageToken(absl::string_view page_key, absl::string_view query_digest,
                          absl::string_view position);

// The position; empty for an empty token (the first page). INVALID_ARGUMENT with
// PAGE_TOKEN_INVALID.
absl::StatusOr<std::string> ParsePageToken(absl::string_view page_key,
                                           absl::string_view query_digest, absl::string_view token);

// `stream`: the method and its filter, as above.
std::string MakeResumeToken(absl::string_view page_key, absl::string_view stream,
                            uint64_t revision);

// The revision to go on from. INVALID_ARGUMENT with RESUME_TOKEN_INVALID, for an empty token too.
absl::StatusOr<uint64_t> ParseResumeToken(absl::string_view page_key, absl::string_view stream,
                                          absl::string_view token);

}  // namespace eid::kv
