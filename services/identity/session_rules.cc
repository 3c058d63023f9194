// SPDX-License-Identifier: Apache-2.0
#include "services/identity/session_rules.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock/timestamp.h"
#include "common/crypto/digest.h"
#include "services/identity/levels.h"

namespace eid::identity {
namespace {

constexpr size_t kSecretBytes = 32;

// The shorter of two limits: a person who becomes an officer meanwhile gets an officer's.
void SetTimes(SessionRow& row, bool officer, absl::Time now) {
  const SessionTimes times = TimesFor(officer);
  absl::Time end = FromTimestamp(row.create_time()) + times.longest;
  if (row.has_expire_time()) end = std::min(end, FromTimestamp(row.expire_time()));
  *row.mutable_expire_time() = ToTimestamp(end);
  *row.mutable_idle_expire_time() = ToTimestamp(std::min(end, now + times.idle));
}

}  // namespace

SessionTimes TimesFor(bool officer) {
  if (officer) return {absl::Hours(12), absl::Minutes(15)};
  return {absl::Hours(24), absl::Hours(1)};
}

std::string FormatRefreshToken(const RefreshToken& token) {
  return absl::StrCat(token.session_id, ".", token.generation, ".",
                      crypto::Base64UrlEncode(token.secret));
}

std::optional<RefreshToken> ParseRefreshToken(absl::string_view text) {
  if (text.size() > kMaxRefreshTokenBytes) return std::nullopt;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  RefreshToken token;
  if (parts.size() != 3 || parts[0].empty() || !absl::SimpleAtoi(parts[1], &token.generation)) {
    return std::nullopt;
  }
  auto secret = crypto::Base64UrlDecode(parts[2]);
  if (!secret.ok() || secret->size() != kSecretBytes) return std::nullopt;
  token.session_id = std::string(parts[0]);
  token.secret = *std::move(secret);
  if (FormatRefreshToken(token) != text) return std::nullopt;
  return token;
}

PresentedToken Examine(const RefreshToken& token, const SessionRow& row, const Secrets& secrets) {
  PresentedToken presented;
  presented.generation = token.generation;
  presented.digest = crypto::Sha256(token.secret);
  std::string secret = secrets.Successor(token.secret);
  presented.successor_digest = crypto::Sha256(secret);
  if (row.generation() > kMaxGenerations || token.generation >= row.generation()) return presented;
  for (uint32_t at = token.generation + 1; at < row.generation(); ++at) {
    secret = secrets.Successor(secret);
  }
  presented.is_ancestor = crypto::ConstantTimeEqual(crypto::Sha256(secret), row.refresh_digest());
  return presented;
}

RefreshVerdict Judge(const SessionRow& row, const PresentedToken& token, absl::Time now) {
  if (!IsLive(row, now)) return RefreshVerdict::kInvalid;
  const absl::string_view good = row.refresh_digest();
  if (token.generation == row.generation() && crypto::ConstantTimeEqual(token.digest, good)) {
    return row.generation() < kMaxGenerations ? RefreshVerdict::kRotate : RefreshVerdict::kInvalid;
  }
  if (token.generation + 1 == row.generation() &&
      crypto::ConstantTimeEqual(token.successor_digest, good)) {
    const bool moments_ago = now - FromTimestamp(row.rotate_time()) <= kReissueWindow;
    return moments_ago ? RefreshVerdict::kReissue : RefreshVerdict::kReused;
  }
  return token.is_ancestor ? RefreshVerdict::kReused : RefreshVerdict::kInvalid;
}

SessionRow NewSession(std::string session_id, std::string account_id,
                      const std::vector<FactorKind>& kinds, absl::string_view refresh_secret,
                      bool officer, absl::Time now) {
  SessionRow row;
  row.set_session_id(std::move(session_id));
  row.set_account_id(std::move(account_id));
  SetKinds(row, Union(kinds, {}));
  *row.mutable_auth_time() = ToTimestamp(now);
  *row.mutable_create_time() = ToTimestamp(now);
  row.set_refresh_digest(crypto::Sha256(refresh_secret));
  SetTimes(row, officer, now);
  return row;
}

void Rotate(SessionRow& row, const PresentedToken& token, bool officer, absl::Time now) {
  row.set_refresh_digest(token.successor_digest);
  row.set_generation(row.generation() + 1);
  *row.mutable_rotate_time() = ToTimestamp(now);
  SetTimes(row, officer, now);
}

void End(SessionRow& row, SessionRow::EndReason reason, absl::Time now) {
  if (row.has_end_time()) return;
  *row.mutable_end_time() = ToTimestamp(now);
  row.set_end_reason(reason);
}

bool IsLive(const SessionRow& row, absl::Time now) {
  return !row.has_end_time() && now < FromTimestamp(row.idle_expire_time());
}

}  // namespace eid::identity
