// SPDX-License-Identifier: Apache-2.0
// The errors of the suite: an absl::Status whose payloads are the details of google.rpc.Status.
// Each payload is a google.rpc message, serialized, under its Any type URL, at most once each.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/status/macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/message.h"

namespace eid {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// An error with google.rpc.ErrorInfo{reason, domain, metadata} and, unless `vi_text` is empty,
// google.rpc.LocalizedMessage{"vi", vi_text}. Error() below is the usual way to make one. `code`
// must not be OK; if it is, the error is INTERNAL.
absl::Status MakeError(absl::StatusCode code, absl::string_view domain, absl::string_view reason,
                       absl::string_view vi_text, absl::string_view message,
                       const ErrorMetadata& metadata = {});

namespace status_internal {

absl::Status ErrorOf(absl::StatusCode code, const google::protobuf::EnumDescriptor& type,
                     int number, absl::string_view message, const ErrorMetadata& metadata);
bool Is(const absl::Status& status, const google::protobuf::EnumDescriptor& type, int number);
std::string TypeUrl(const google::protobuf::Descriptor& type);

}  // namespace status_internal

// The error that a handler returns: a canonical code, a reason that a caller may branch on, and an
// English sentence for a person. `reason` is a value of the service's ErrorReason or of
// eid.policy.v1.CommonReason; on the wire it is the value's name without the enum's prefix, its
// domain the enum's package, and the Vietnamese sentence the value's option (eid.policy.v1.text).
template <typename Reason>
absl::Status Error(absl::StatusCode code, Reason reason, absl::string_view message,
                   const ErrorMetadata& metadata = {}) {
  return status_internal::ErrorOf(code, *google::protobuf::GetEnumDescriptor<Reason>(), reason,
                                  message, metadata);
}

// `status` with one more google.rpc.PreconditionFailure.Violation: which thing's state does not
// allow the call, and how to put it right. OK stays OK.
absl::Status WithPrecondition(absl::Status status, absl::string_view type,
                              absl::string_view subject, absl::string_view description);

// `status` with google.rpc.RetryInfo: try again, but not before `delay`. OK stays OK.
absl::Status WithRetry(absl::Status status, absl::Duration delay);

// The reason in the status' ErrorInfo, "" if it has none. Names are only unique within a domain:
// branch on HasReason.
std::string ReasonOf(const absl::Status& status);

// Whether `status` was made with this reason of this enum.
template <typename Reason>
bool HasReason(const absl::Status& status, Reason reason) {
  return status_internal::Is(status, *google::protobuf::GetEnumDescriptor<Reason>(), reason);
}

// The payload of this type, if there is one that can be read:
//   if (auto retry = DetailOf<google::rpc::RetryInfo>(status)) …
template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(status_internal::TypeUrl(*Detail::descriptor()));
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// Adds or replaces the payload of this type. OK stays OK.
void SetDetail(absl::Status& status, const google::protobuf::Message& detail);

}  // namespace eid
