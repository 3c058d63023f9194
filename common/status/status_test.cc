// SPDX-License-Identifier: Apache-2.0
#include "common/status/status.h"

#include <set>

#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid {
namespace {

using absl::StatusCode;

std::multiset<std::string> Payloads(const absl::Status& status) {
  std::multiset<std::string> urls;
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord&) { urls.insert(std::string(url)); });
  return urls;
}

TEST_CASE("Error carries code, message, reason, domain, metadata and the Vietnamese text") {
  const absl::Status status =
      Error(StatusCode::kPermissionDenied, policy::v1::COMMON_REASON_ACCOUNT_LEVEL_TOO_LOW,
            "Level 2 is needed.", {{"required", "2"}, {"actual", "1"}});
  CHECK(status.code() == StatusCode::kPermissionDenied);
  CHECK(status.message() == "Level 2 is needed.");
  CHECK(ReasonOf(status) == "ACCOUNT_LEVEL_TOO_LOW");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  REQUIRE(info.has_value());
  CHECK(info->domain() == "eid.policy.v1");
  CHECK(info->metadata().size() == 2);
  CHECK(info->metadata().at("required") == "2");
  const auto localized = DetailOf<google::rpc::LocalizedMessage>(status);
  REQUIRE(localized.has_value());
  CHECK(localized->locale() == "vi");
  CHECK(localized->message() == "Việc này cần tài khoản định danh điện tử mức độ cao hơn.");
  CHECK(Payloads(status) ==
        std::multiset<std::string>{"type.googleapis.com/google.rpc.ErrorInfo",
                                   "type.googleapis.com/google.rpc.LocalizedMessage"});
}

TEST_CASE("a reason without a text gives no LocalizedMessage") {
  const auto status = Error(StatusCode::kInternal, policy::v1::COMMON_REASON_UNSPECIFIED, "?");
  CHECK_FALSE(DetailOf<google::rpc::LocalizedMessage>(status).has_value());
}

TEST_CASE("an error is never OK") {
  CHECK(MakeError(StatusCode::kOk, "d", "R", "", "m").code() == StatusCode::kInternal);
}

TEST_CASE("HasReason looks at the domain too") {
  const auto status = Error(StatusCode::kAborted, policy::v1::COMMON_REASON_ETAG_MISMATCH, "m");
  CHECK(HasReason(status, policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK_FALSE(HasReason(status, policy::v1::COMMON_REASON_INTERNAL));
  const auto other = MakeError(StatusCode::kAborted, "eid.other.v1", "ETAG_MISMATCH", "", "m");
  CHECK_FALSE(HasReason(other, policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK_FALSE(HasReason(absl::AbortedError("m"), policy::v1::COMMON_REASON_ETAG_MISMATCH));
  CHECK(ReasonOf(absl::AbortedError("m")).empty());
  CHECK(ReasonOf(absl::OkStatus()).empty());
}

TEST_CASE("WithPrecondition gathers violations in one detail") {
  auto status = Error(StatusCode::kFailedPrecondition, policy::v1::COMMON_REASON_INTERNAL, "m");
  status = WithPrecondition(status, "STATE", "registrations/1", "Submit it first.");
  status = WithPrecondition(status, "LOCK", "accounts/2", "Unlock it.");
  const auto failure = DetailOf<google::rpc::PreconditionFailure>(status);
  REQUIRE(failure.has_value());
  REQUIRE(failure->violations_size() == 2);
  CHECK(failure->violations(0).type() == "STATE");
  CHECK(failure->violations(0).subject() == "registrations/1");
  CHECK(failure->violations(1).description() == "Unlock it.");
  CHECK(Payloads(status).count("type.googleapis.com/google.rpc.PreconditionFailure") == 1);
  CHECK(ReasonOf(status) == "INTERNAL");
}

TEST_CASE("WithRetry tells a delay from nothing to a day") {
  struct Case {
    absl::Duration delay;
    int64_t seconds;
    int32_t nanos;
  };
  const Case cases[] = {{absl::Milliseconds(1500), 1, 500'000'000},
                        {absl::ZeroDuration(), 0, 0},
                        {-absl::Seconds(1), 0, 0},
                        {absl::InfiniteDuration(), 86400, 0}};
  for (const Case& c : cases) {
    const auto status = WithRetry(WithRetry(absl::UnavailableError("m"), absl::Hours(1)), c.delay);
    const auto info = DetailOf<google::rpc::RetryInfo>(status);
    REQUIRE(info.has_value());
    CHECK(info->retry_delay().seconds() == c.seconds);
    CHECK(info->retry_delay().nanos() == c.nanos);
  }
}

TEST_CASE("OK carries nothing") {
  CHECK(Payloads(WithRetry(absl::OkStatus(), absl::Seconds(1))).empty());
  CHECK(Payloads(WithPrecondition(absl::OkStatus(), "a", "b", "c")).empty());
}

TEST_CASE("a payload that cannot be read is no detail") {
  absl::Status status = absl::InternalError("m");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord("\xff\xff"));
  CHECK_FALSE(DetailOf<google::rpc::ErrorInfo>(status).has_value());
  CHECK(ReasonOf(status).empty());
}

}  // namespace
}  // namespace eid
