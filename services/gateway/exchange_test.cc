// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/exchange.h"

#include "absl/strings/match.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::gateway {
namespace {

using absl::StatusCode;

TEST_CASE("a service's own error stays as it is") {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status own = WithRetry(
        Error(static_cast<StatusCode>(code), policy::v1::COMMON_REASON_OVERLOADED, "text"),
        absl::Seconds(1));
    CHECK(StatusForCaller(own, false) == own);
  }
  CHECK_OK(StatusForCaller(absl::OkStatus(), false));
}

TEST_CASE("what the connection made up says nothing of what lies behind") {
  const std::string inside = "failed to connect to ipv4:10.0.0.7:7001";
  for (int code = 1; code <= 16; ++code) {
    const auto outside = StatusForCaller(absl::Status(static_cast<StatusCode>(code), inside), true);
    INFO(outside);
    CHECK(outside.code() == static_cast<StatusCode>(code));
    // The others cannot come from a connection; INTERNAL and UNKNOWN lose their text at the edge.
    if (outside.code() == StatusCode::kUnavailable ||
        outside.code() == StatusCode::kUnimplemented ||
        outside.code() == StatusCode::kResourceExhausted ||
        outside.code() == StatusCode::kDeadlineExceeded ||
        outside.code() == StatusCode::kCancelled) {
      CHECK_FALSE(absl::StrContains(outside.message(), "10.0.0.7"));
    }
  }
  const absl::Status away = StatusForCaller(absl::UnavailableError(inside), false);
  CHECK(HasReason(away, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
  CHECK(DetailOf<google::rpc::RetryInfo>(away).has_value());
  CHECK(HasReason(StatusForCaller(absl::ResourceExhaustedError(inside), false),
                  policy::v1::COMMON_REASON_MESSAGE_TOO_LARGE));
  CHECK(HasReason(StatusForCaller(absl::UnimplementedError(inside), false),
                  policy::v1::COMMON_REASON_METHOD_UNKNOWN));
  // A call that meets the backend's end is dropped; the caller may well repeat it.
  CHECK(HasReason(StatusForCaller(absl::CancelledError(inside), false),
                  policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
  const absl::Status unreadable = StatusForCaller(absl::UnimplementedError(""), false);
  CHECK(unreadable.code() == StatusCode::kInvalidArgument);
  CHECK(HasReason(unreadable, policy::v1::COMMON_REASON_INVALID_REQUEST));
}

}  // namespace
}  // namespace eid::gateway
