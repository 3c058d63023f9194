// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/identity/secrets.h"
#include "services/identity/storage.pb.h"

// The rules of sessions and their refresh tokens. Pure but for the secrets.
//
// A refresh token is "<session id>.<generation>.<secret>". Each secret is made of the one before with
// a key of this service, and only the digest of the newest is stored. So the token after a given one
// can be made again without having been kept (a lost answer), and any older one is known for what it
// is: going on from it leads to the newest.
namespace eid::identity {

// A lost answer: so long a used token gives its successor again.
inline constexpr absl::Duration kReissueWindow = absl::Seconds(10);
// Refreshes of one session: each look at an old token may take as many steps.
inline constexpr uint32_t kMaxGenerations = 2000;
// Live sessions of one person; a further one ends the oldest.
inline constexpr size_t kMaxSessions = 20;

struct SessionTimes {
  absl::Duration longest;
  absl::Duration idle;
};
// 24 hours and 1 hour; for officers 12 hours and 15 minutes.
SessionTimes TimesFor(bool officer);

struct RefreshToken {
  std::string session_id;
  uint32_t generation = 0;
  std::string secret;
};
inline constexpr size_t kMaxRefreshTokenBytes = 256;
std::string FormatRefreshToken(const RefreshToken& token);
// nullopt for what FormatRefreshToken would not have written.
std::optional<RefreshToken> ParseRefreshToken(absl::string_view text);

// What is known of a token before the transaction that judges it: everything that takes hashing.
struct PresentedToken {
  uint32_t generation = 0;
  std::string digest;
  std::string successor_digest;
  // It is an ancestor of the token that was good when it was looked at.
  bool is_ancestor = false;
};
// `row`: the session as it was a moment ago.
PresentedToken Examine(const RefreshToken& token, const SessionRow& row, const Secrets& secrets);

enum class RefreshVerdict {
  kRotate,   // the token that is good: use it up
  kReissue,  // used a moment ago: give its successor again
  kReused,   // used before: end the session
  kInvalid,  // no token of this session, or the session is over
};
RefreshVerdict Judge(const SessionRow& row, const PresentedToken& token, absl::Time now);

// A new session, with the times for its person. `refresh_secret` is kept as a digest.
SessionRow NewSession(std::string session_id, std::string account_id,
                      const std::vector<FactorKind>& kinds, absl::string_view refresh_secret,
                      bool officer, absl::Time now);
// kRotate.
void Rotate(SessionRow& row, const PresentedToken& token, bool officer, absl::Time now);
void End(SessionRow& row, SessionRow::EndReason reason, absl::Time now);
bool IsLive(const SessionRow& row, absl::Time now);

}  // namespace eid::identity
