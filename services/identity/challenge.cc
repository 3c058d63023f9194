// SPDX-License-Identifier: Apache-2.0
#include "services/identity/challenge.h"

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/crypto/digest.h"

namespace eid::identity {
namespace {

// Layout of an id: version, seconds since 1970 (8 bytes, big-endian), random, MAC.
constexpr char kVersion = 1;
constexpr size_t kRandomBytes = 16;
constexpr size_t kMacBytes = 16;
constexpr size_t kBodyBytes = 1 + 8 + kRandomBytes;

std::string MacOf(const Secrets& secrets, absl::string_view personal_id, absl::string_view body) {
  return secrets.Mac("device-challenge", absl::StrCat(body, personal_id)).substr(0, kMacBytes);
}

std::string NonceOf(const Secrets& secrets, absl::string_view challenge_id) {
  return secrets.Mac("device-nonce", challenge_id);
}

}  // namespace

DeviceChallenge MakeDeviceChallenge(const Secrets& secrets, absl::string_view personal_id,
                                    absl::Time expire_time, absl::string_view random) {
  const int64_t seconds = absl::ToUnixSeconds(expire_time);
  std::string body(1, kVersion);
  for (int shift = 56; shift >= 0; shift -= 8) body.push_back(static_cast<char>(seconds >> shift));
  absl::StrAppend(&body, random.substr(0, kRandomBytes));
  DeviceChallenge challenge;
  challenge.challenge_id =
      crypto::Base64UrlEncode(absl::StrCat(body, MacOf(secrets, personal_id, body)));
  challenge.nonce = NonceOf(secrets, challenge.challenge_id);
  challenge.expire_time = absl::FromUnixSeconds(seconds);
  return challenge;
}

std::optional<DeviceChallenge> ParseDeviceChallenge(const Secrets& secrets,
                                                    absl::string_view personal_id,
                                                    absl::string_view challenge_id) {
  const auto bytes = crypto::Base64UrlDecode(challenge_id);
  if (!bytes.ok() || bytes->size() != kBodyBytes + kMacBytes || (*bytes)[0] != kVersion) {
    return std::nullopt;
  }
  const absl::string_view body = absl::string_view(*bytes).substr(0, kBodyBytes);
  if (!crypto::ConstantTimeEqual(MacOf(secrets, personal_id, body),
                                 absl::string_view(*bytes).substr(kBodyBytes))) {
    return std::nullopt;
  }
  uint64_t seconds = 0;
  for (int i = 1; i <= 8; ++i) seconds = seconds << 8 | static_cast<uint8_t>((*bytes)[i]);
  return DeviceChallenge{.challenge_id = std::string(challenge_id),
                         .nonce = NonceOf(secrets, challenge_id),
                         .expire_time = absl::FromUnixSeconds(static_cast<int64_t>(seconds))};
}

std::string SignedByDevice(absl::string_view challenge_id, absl::string_view nonce) {
  std::string text = "eid-login-v1";
  text.push_back('\0');
  absl::StrAppend(&text, challenge_id);
  text.push_back('\0');
  absl::StrAppend(&text, nonce);
  return text;
}

std::string AskerOf(const Secrets& secrets, absl::string_view subject, absl::string_view client) {
  return crypto::Base64UrlEncode(secrets.Mac("code-asker", absl::StrCat(subject, "\n", client)));
}

std::string PhoneDigestOf(const Secrets& secrets, absl::string_view phone) {
  return secrets.Mac("code-phone", phone);
}

bool IsOpen(const ChallengeRow& challenge, absl::Time now) {
  return !challenge.used() && challenge.tries() < kChallengeTries &&
         now < FromTimestamp(challenge.expire_time());
}

}  // namespace eid::identity
