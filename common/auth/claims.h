// SPDX-License-Identifier: Apache-2.0
// The JSON of a token's parts, and the rules that claims obey whenever they are looked at.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eid/policy/v1/token.pb.h"
#include "google/protobuf/message.h"

namespace eid::auth {

// What a token says, once it was checked: the same for every call that brings it.
using Claims = std::shared_ptr<const policy::v1::AccessClaims>;

// JSON as JWT wants it: unlike protobuf's own, 64-bit numbers are numbers. Fields that are not set are
// left out; enums are their values' full names. For messages of strings, whole numbers and enums.
std::string ToJson(const google::protobuf::Message& message);

// What every access token's header says beside its key (RFC 9068).
inline constexpr char kAlgorithm[] = "ES256";
inline constexpr char kType[] = "at+jwt";

// The first part of each token that is signed with the key of this name here: base64url.
std::string EncodedHeader(absl::string_view key_id);

// INVALID_ARGUMENT if it is not the JSON of a header; any member that TokenHeader lacks is refused.
absl::StatusOr<policy::v1::TokenHeader> ParseHeader(absl::string_view json);

// INVALID_ARGUMENT if it is not the JSON of claims. Members and enum values that are not known are
// passed over: a later identity service may say more.
absl::StatusOr<policy::v1::AccessClaims> ParseClaims(absl::string_view json);

// What no token may lack or contradict, at any time: "" or the flaw, in words that follow "its".
absl::string_view FlawOf(const policy::v1::AccessClaims& claims);

}  // namespace eid::auth
