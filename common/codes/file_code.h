// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/codes/code_error.h"

// File code (mã số hồ sơ): unit, day of receipt at UTC+7, serial of that unit's day:
// "G01.899-261121-0001".
namespace eid::codes {

struct FileCode {
  std::string unit;
  absl::CivilDay date;
  int64_t serial = 0;
};

inline constexpr int64_t kMaxFileSerial = 999999;

// A unit in either form in use: `000.00.00.G22` (Circular 01/2018/TT-VPCP) or `G01.899.107` (a
// letter and two digits, then up to three groups of two or three of A–Z and 0–9). REQUIRED,
// MALFORMED.
std::optional<CodeError> CheckFileUnit(absl::string_view unit);

// Unit, a real day as YYMMDD in 2000–2099, and a serial of four to six digits that is not zero.
// REQUIRED, MALFORMED.
std::optional<CodeError> CheckFileCode(absl::string_view value);

// The serial has at least four digits, and five or six after the unit's 9,999th file of the day, so
// that a busy day never runs out and never repeats a code. INVALID_ARGUMENT: a malformed unit or a
// year outside 2000–2099. OUT_OF_RANGE: a serial outside 1..kMaxFileSerial.
absl::StatusOr<std::string> FormatFileCode(absl::string_view unit, absl::CivilDay date,
                                           int64_t serial);

// nullopt exactly when CheckFileCode gives an error.
std::optional<FileCode> ParseFileCode(absl::string_view value);

}  // namespace eid::codes
