// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/status_wire.h"

#include <grpcpp/support/status.h>

#include "common/rpc/status_grpc.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"

namespace eid::rpc {
namespace {

TEST_CASE("every code with its message and details survives the wire") {
  for (int code = 1; code <= 16; ++code) {
    absl::Status status =
        WithRetry(Error(static_cast<absl::StatusCode>(code), policy::v1::COMMON_REASON_OVERLOADED,
                        "a sentence", {{"key", "value"}}),
                  absl::Seconds(2));
    INFO(status);
    CHECK(FromGrpc(ToGrpc(status)) == status);
  }
  CHECK(ToGrpc(absl::OkStatus()).ok());
  CHECK_OK(FromGrpc(grpc::Status::OK));
}

TEST_CASE("what comes from elsewhere is taken as far as it goes") {
  CHECK(FromWire(99, "odd", "").code() == absl::StatusCode::kUnknown);
  CHECK(FromWire(-1, "odd", "").code() == absl::StatusCode::kUnknown);
  const absl::Status broken = FromWire(5, "text", "\xff\xff not a message");
  CHECK(broken.code() == absl::StatusCode::kNotFound);
  CHECK(broken.message() == "text");
}

TEST_CASE("errors of ours leave the process without their text") {
  for (const auto code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnknown, absl::StatusCode::kDataLoss}) {
    absl::Status inside(code, "/var/lib/eid/000012.sst is broken");
    SetDetail(inside, google::rpc::RetryInfo());
    const absl::Status outside = PublicStatus(inside);
    CHECK(outside.code() == absl::StatusCode::kInternal);
    CHECK(outside.message().find("000012") == absl::string_view::npos);
    CHECK(HasReason(outside, policy::v1::COMMON_REASON_INTERNAL));
    CHECK_FALSE(DetailOf<google::rpc::RetryInfo>(outside).has_value());
  }
  const absl::Status not_found = absl::NotFoundError("No such case.");
  CHECK(PublicStatus(not_found) == not_found);
  CHECK_OK(PublicStatus(absl::OkStatus()));
}

}  // namespace
}  // namespace eid::rpc
