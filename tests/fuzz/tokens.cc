// SPDX-License-Identifier: Apache-2.0
// The first byte says which token the rest is; from 0x80 on, the rest is the inside of one that is
// genuine, so that what lies behind a MAC or a signature is reached too.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/claims.h"
#include "common/auth/plain_json.h"
#include "common/auth/testing/token_forge.h"
#include "common/auth/token.h"
#include "common/crypto/encoding.h"
#include "common/kv/page.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "google/protobuf/util/json_util.h"
#include "services/identity/challenge.h"
#include "services/identity/session_rules.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

enum Kind : uint8_t { kPage, kResume, kAccess, kRefresh, kChallenge, kBase64, kKinds };
constexpr uint8_t kInside = 0x80;

void RequireInvalid(const absl::Status& status) {
  Require(absl::IsInvalidArgument(status) && !ReasonOf(status).empty(),
          "a token that is none is INVALID_ARGUMENT with a reason");
}

void Page(absl::string_view token) {
  const auto position = kv::ParsePageToken(kPageKey, kQuery, token);
  if (!position.ok()) return RequireInvalid(position.status());
  Require(kv::MakePageToken(kPageKey, kQuery, *position) == token, "a position has one token");
  if (!token.empty()) RequireInvalid(kv::ParsePageToken(kPageKey, "another", token).status());
}

void PageInside(absl::string_view position) {
  const std::string token = kv::MakePageToken(kPageKey, kQuery, position);
  const auto parsed = kv::ParsePageToken(kPageKey, kQuery, token);
  // Longer than keys can be: refused rather than taken apart.
  if (position.size() < 60'000) Require(parsed.ok() && *parsed == position, "a page goes on there");
  if (position.empty()) return;
  Require(!kv::ParsePageToken("another key", kQuery, token).ok(), "a key opens its own tokens");
  Require(!kv::ParsePageToken(kPageKey, "another", token).ok(), "a token is of its query");
  Require(!kv::ParseResumeToken(kPageKey, kQuery, token).ok(), "a page is no place in a stream");
}

void Resume(absl::string_view token) {
  const auto revision = kv::ParseResumeToken(kPageKey, kQuery, token);
  if (!revision.ok()) return RequireInvalid(revision.status());
  Require(kv::MakeResumeToken(kPageKey, kQuery, *revision) == token, "a place has one token");
}

void ResumeInside(absl::string_view bytes) {
  uint64_t revision = 0;
  for (const char c : bytes.substr(0, 8)) revision = revision << 8 | static_cast<uint8_t>(c);
  const std::string token = kv::MakeResumeToken(kPageKey, kQuery, revision);
  const auto parsed = kv::ParseResumeToken(kPageKey, kQuery, token);
  Require(parsed.ok() && *parsed == revision, "a stream goes on there");
  Require(!kv::ParsePageToken(kPageKey, kQuery, token).ok(), "a place in a stream is no page");
}

struct Issuer {
  FakeClock clock{kNow};
  auth::TokenForge forge{clock};
  auth::TokenVerifier verifier{clock, 16};
  Issuer() { verifier.SetKeys(forge.Keys()); }
};
Issuer& TheIssuer() {
  static auto* const issuer = new Issuer;
  return *issuer;
}

void Access(absl::string_view token) {
  const auto claims = TheIssuer().verifier.Verify(token);
  Require(!claims.ok(), "nobody guesses a signature");
  Require(absl::IsUnauthenticated(claims.status()) && !ReasonOf(claims.status()).empty(),
          "a token that is none is UNAUTHENTICATED with a reason");
}

// Header and payload, at a zero byte.
void AccessInside(absl::string_view bytes) {
  const size_t end = bytes.find('\0');
  const absl::string_view header = bytes.substr(0, end);
  const absl::string_view payload =
      end == absl::string_view::npos ? absl::string_view() : bytes.substr(end + 1);
  if (const auto parsed = auth::ParseHeader(header); parsed.ok()) {
    const auto again = auth::ParseHeader(auth::ToJson(*parsed));
    Require(again.ok() && again->SerializeAsString() == parsed->SerializeAsString(),
            "a header is read as it was written");
  }
  if (policy::v1::AccessClaims plain; auth::ReadPlainJson(payload, plain)) {
    policy::v1::AccessClaims full;
    Require(google::protobuf::util::JsonStringToMessage(std::string(payload), &full).ok() &&
                full.SerializeAsString() == plain.SerializeAsString(),
            "plain JSON says what the library reads");
  }
  if (const auto parsed = auth::ParseClaims(payload); parsed.ok()) {
    (void)auth::FlawOf(*parsed);
    const auto again = auth::ParseClaims(auth::ToJson(*parsed));
    // Enums that are not known here are passed over.
    Require(again.ok() && again->sub() == parsed->sub() && again->sid() == parsed->sid() &&
                again->jti() == parsed->jti() && again->exp() == parsed->exp(),
            "claims are read as they were written");
  }
  const auto claims = TheIssuer().verifier.Verify(TheIssuer().forge.Raw(header, payload));
  if (!claims.ok()) return;
  Require(auth::FlawOf(**claims).empty(), "what was believed has no flaw");
  Require((*claims)->iss() == auth::kIssuer && (*claims)->aud() == auth::kAudience,
          "issuer, audience");
}

void Refresh(absl::string_view text) {
  const auto token = identity::ParseRefreshToken(text);
  if (token.has_value())
    Require(identity::FormatRefreshToken(*token) == text, "a refresh token is written one way");
}

void Challenge(absl::string_view id) {
  static const auto* const secrets =
      new identity::Secrets(std::string(32, 's'), crypto::PasswordParams());
  Require(!identity::ParseDeviceChallenge(*secrets, "001090012345", id).has_value(),
          "nobody guesses a challenge");
}

void Base64(absl::string_view text) {
  const auto bytes = crypto::Base64UrlDecode(text);
  if (bytes.ok()) Require(crypto::Base64UrlEncode(*bytes) == text, "bytes are written one way");
  Require(*crypto::Base64UrlDecode(crypto::Base64UrlEncode(text)) == text, "bytes come back");
}

void Run(absl::string_view input) {
  if (input.empty()) return;
  const auto kind = static_cast<uint8_t>(input[0]);
  const absl::string_view rest = input.substr(1);
  const bool inside = kind >= kInside;
  InTime([&] {
    switch (kind % kInside % kKinds) {
      case kPage: return inside ? PageInside(rest) : Page(rest);
      case kResume: return inside ? ResumeInside(rest) : Resume(rest);
      case kAccess: return inside ? AccessInside(rest) : Access(rest);
      case kRefresh: return Refresh(rest);
      case kChallenge: return Challenge(rest);
      default: return Base64(rest);
    }
  });
}

std::vector<std::string> Seeds() {
  const auto of = [](uint8_t kind, absl::string_view rest) {
    return absl::StrCat(std::string(1, static_cast<char>(kind)), rest);
  };
  std::vector<std::string> seeds;
  seeds.push_back(of(kPage, kv::MakePageToken(kPageKey, kQuery, "position")));
  seeds.push_back(of(kPage | kInside, "position"));
  seeds.push_back(of(kResume, kv::MakeResumeToken(kPageKey, kQuery, 42)));
  seeds.push_back(of(kResume | kInside, "12345678"));
  seeds.push_back(of(kAccess, "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJlaWQifQ.c2lnbmF0dXJl"));
  const std::string header = R"({"alg":"ES256","typ":"at+jwt","kid":"key-1"})";
  policy::v1::AccessClaims every = TheIssuer().forge.Claims();
  every.set_nbf(every.iat());
  every.set_auth_time(every.iat());
  every.add_roles(policy::v1::OFFICER_ROLE_REVIEWER);
  every.add_roles(policy::v1::OFFICER_ROLE_APPROVER);
  every.set_principal(policy::v1::PRINCIPAL_KIND_ORGANIZATION);
  every.set_organization_id("o");
  every.set_mandate("STATUTORY");
  every.set_device_key("k");
  seeds.push_back(
      of(kAccess | kInside, absl::StrCat(header, std::string(1, '\0'), auth::ToJson(every))));
  seeds.push_back(of(kAccess | kInside, absl::StrCat(header, std::string(1, '\0'),
                                                     auth::ToJson(TheIssuer().forge.Claims()))));
  seeds.push_back(
      of(kRefresh, identity::FormatRefreshToken({"session-1", 3, std::string(32, 'r')})));
  const identity::Secrets secrets(std::string(32, 't'), crypto::PasswordParams());
  seeds.push_back(of(
      kChallenge, identity::MakeDeviceChallenge(secrets, "001090012345", kNow, std::string(16, 'x'))
                      .challenge_id));
  seeds.push_back(of(kBase64, "AAEC_-"));
  return seeds;
}

}  // namespace

Target Tokens() { return {.name = "tokens", .run = Run, .seeds = Seeds, .max_size = 1024}; }

}  // namespace eid::fuzz
