// SPDX-License-Identifier: Apache-2.0
#include "common/kv/page.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/crypto/encoding.h"
#include "common/kv/key.h"
#include "common/kv/number.h"
#include "common/status/status.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::kv {
namespace {

// A token is base64url(mac, content). Half of an HMAC-SHA-256 is still beyond guessing.
constexpr size_t kMacBytes = 16;
// Longer than any that we make: keys end at 64 KiB, and URLs long before.
constexpr size_t kMaxTokenBytes = size_t{96} << 10;

// `kind` keeps a page token from being a resume token.
std::string Mac(absl::string_view page_key, absl::string_view kind, absl::string_view owner,
                absl::string_view content) {
  return crypto::HmacSha256(page_key, KeyOf(kind, owner, content)).substr(0, kMacBytes);
}

std::string Seal(absl::string_view page_key, absl::string_view kind, absl::string_view owner,
                 absl::string_view content) {
  return crypto::Base64UrlEncode(absl::StrCat(Mac(page_key, kind, owner, content), content));
}

std::optional<std::string> Unseal(absl::string_view page_key, absl::string_view kind,
                                  absl::string_view owner, absl::string_view token) {
  if (token.size() > kMaxTokenBytes) return std::nullopt;
  const absl::StatusOr<std::string> bytes = crypto::Base64UrlDecode(token);
  if (!bytes.ok() || bytes->size() < kMacBytes) return std::nullopt;
  std::string content = bytes->substr(kMacBytes);
  const std::string expected = Mac(page_key, kind, owner, content);
  if (!crypto::ConstantTimeEqual(bytes->substr(0, kMacBytes), expected)) return std::nullopt;
  return content;
}

constexpr char kPage[] = "page";
constexpr char kResume[] = "resume";

}  // namespace

absl::StatusOr<size_t> PageSize(int32_t requested) {
  if (requested < 0) {
    Violations violations;
    violations.Add("page_size", policy::v1::FIELD_REASON_OUT_OF_RANGE, "Must not be negative.");
    return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
  }
  if (requested == 0) return size_t{kDefaultPageSize};
  return static_cast<size_t>(std::min(requested, kMaxPageSize));
}

std::string MakePageToken(absl::string_view page_key, absl::string_view query_digest,
                          absl::string_view position) {
  return position.empty() ? std::string() : Seal(page_key, kPage, query_digest, position);
}

absl::StatusOr<std::string> ParsePageToken(absl::string_view page_key,
                                           absl::string_view query_digest,
                                           absl::string_view token) {
  if (token.empty()) return std::string();
  std::optional<std::string> position = Unseal(page_key, kPage, query_digest, token);
  if (position.has_value()) return *std::move(position);
  return Error(absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID,
               "The page_token is not one that was given for this query.");
}

std::string MakeResumeToken(absl::string_view page_key, absl::string_view stream,
                            uint64_t revision) {
  return Seal(page_key, kResume, stream, KeyOf(revision));
}

absl::StatusOr<uint64_t> ParseResumeToken(absl::string_view page_key, absl::string_view stream,
                                          absl::string_view token) {
  const std::optional<std::string> content = Unseal(page_key, kResume, stream, token);
  if (content.has_value() && content->size() == kNumberBytes) return ReadNumber(*content);
  return Error(absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID,
               "The resume token is not one that was given for this stream.");
}

}  // namespace eid::kv
