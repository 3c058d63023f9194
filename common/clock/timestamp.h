// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace eid {

// Times as the contracts write them. Whole nanoseconds, rounded down; times beyond the years 1 to
// 9999, infinite ones included, become the nearest that google.protobuf.Timestamp can say.
inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  constexpr int64_t kFirst = -62135596800, kLast = 253402300799;
  google::protobuf::Timestamp timestamp;
  if (time < absl::FromUnixSeconds(kFirst)) {
    timestamp.set_seconds(kFirst);
  } else if (time >= absl::FromUnixSeconds(kLast + 1)) {
    timestamp.set_seconds(kLast);
    timestamp.set_nanos(999'999'999);
  } else {
    const int64_t seconds = absl::ToUnixSeconds(time);
    timestamp.set_seconds(seconds);
    timestamp.set_nanos(
        static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  }
  return timestamp;
}

inline absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// Whether the timestamp is one: within the years 1 to 9999, nanoseconds within their second. What
// comes from outside may be anything.
inline bool IsValid(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= -62135596800 && timestamp.seconds() <= 253402300799 &&
         timestamp.nanos() >= 0 && timestamp.nanos() <= 999'999'999;
}

}  // namespace eid
