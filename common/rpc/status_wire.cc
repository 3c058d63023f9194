// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/status_wire.h"

#include "absl/strings/cord.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/status.pb.h"

namespace eid::rpc {

std::string ToWire(const absl::Status& status) {
  if (status.ok()) return "";
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(std::string(status.message()));
  status.ForEachPayload([&proto](absl::string_view type_url, const absl::Cord& value) {
    auto* detail = proto.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(value));
  });
  return proto.SerializeAsString();
}

absl::Status FromWire(int code, absl::string_view message, absl::string_view details) {
  if (code == 0) return absl::OkStatus();
  const bool canonical = code > 0 && code <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  absl::Status status(canonical ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
                      message);
  google::rpc::Status proto;
  if (!details.empty() && proto.ParseFromArray(details.data(), static_cast<int>(details.size()))) {
    for (const auto& detail : proto.details()) {
      status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
    }
  }
  return status;
}

absl::Status PublicStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return Error(absl::StatusCode::kInternal, policy::v1::COMMON_REASON_INTERNAL,
                   "something of ours broke; the log knows more under the x-request-id");
    default: return status;
  }
}

}  // namespace eid::rpc
