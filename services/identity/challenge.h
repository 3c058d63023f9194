// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/keys.h"
#include "services/identity/secrets.h"
#include "services/identity/storage.pb.h"

// Challenges. Pure but for the secrets.
//
// One for a device is kept by whoever asked for it: its id says for whom and until when, under a MAC,
// and its nonce is made of the id. So asking costs no store, is alike for accounts that do not exist,
// and nobody can use up somebody else's challenges. Its tries are written down when it is answered.
namespace eid::identity {

inline constexpr absl::Duration kChallengeLife = absl::Minutes(3);
inline constexpr int kChallengeTries = 5;

struct DeviceChallenge {
  std::string challenge_id;
  std::string nonce;
  absl::Time expire_time;
};
// For the person with this number; the time is in whole seconds. `random`: 16 bytes.
DeviceChallenge MakeDeviceChallenge(const Secrets& secrets, absl::string_view personal_id,
                                    absl::Time expire_time, absl::string_view random);
// The challenge that the id names, if it was made for this person.
std::optional<DeviceChallenge> ParseDeviceChallenge(const Secrets& secrets,
                                                    absl::string_view personal_id,
                                                    absl::string_view challenge_id);

// What the device signs: "eid-login-v1" || 0 || challenge_id || 0 || nonce.
std::string SignedByDevice(absl::string_view challenge_id, absl::string_view nonce);

// The name of the ThrottleRow that a client has for a person: `client` as ClientLimits::ClientOf.
std::string AskerOf(const Secrets& secrets, absl::string_view subject, absl::string_view client);
// What a code's challenge remembers of the phone that it went to.
std::string PhoneDigestOf(const Secrets& secrets, absl::string_view phone);

// Whether the challenge may be answered (again).
bool IsOpen(const ChallengeRow& challenge, absl::Time now);

}  // namespace eid::identity
