// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "common/codes/code_error.h"

// What a holder may choose as a secret.
namespace eid::codes {

inline constexpr size_t kMinPasswordCharacters = 8;
inline constexpr size_t kMaxPasswordCharacters = 64;

// A password: 8 to 64 characters with a digit, an upper-case letter, a lower-case letter and one of
// !@#$^*()_, not one of the passwords that everybody tries first.
//
// The four classes and the special characters are the practice of the national app, which holders
// know. Its upper limit of 20 is not taken over: nothing is gained by refusing a longer password,
// and NIST SP 800-63B wants at least 64 accepted. Other characters (space, letters of any script)
// may stand beside the required ones.
//
// Characters are counted after NFC (text::ComposeNfc). Hash the NFC form, when setting and when
// verifying, or the same password typed on another keyboard will not match. REQUIRED, TOO_SHORT,
// TOO_LONG, BAD_CHARACTERS (control characters, broken UTF-8), MALFORMED (a class is missing),
// NOT_ALLOWED (too common).
std::optional<CodeError> CheckPassword(absl::string_view value);

// A passcode: six digits, not all the same, not a run up or down (123456, 654321, 890123).
// REQUIRED, MALFORMED, NOT_ALLOWED (too easy to guess).
std::optional<CodeError> CheckPasscode(absl::string_view value);

}  // namespace eid::codes
