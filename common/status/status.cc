// SPDX-License-Identifier: Apache-2.0
#include "common/status/status.h"

#include "common/status/enum_text.h"
#include "google/rpc/error_details.pb.h"

namespace eid {
namespace {

void SetDuration(absl::Duration value, google::protobuf::Duration& out) {
  value = std::max(value, absl::ZeroDuration());
  value = std::min(value, absl::Hours(24));
  out.set_seconds(absl::IDivDuration(value, absl::Seconds(1), &value));
  out.set_nanos(static_cast<int32_t>(value / absl::Nanoseconds(1)));
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view domain, absl::string_view reason,
                       absl::string_view vi_text, absl::string_view message,
                       const ErrorMetadata& metadata) {
  if (code == absl::StatusCode::kOk) code = absl::StatusCode::kInternal;
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(domain));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  SetDetail(status, info);
  if (!vi_text.empty()) {
    google::rpc::LocalizedMessage localized;
    localized.set_locale("vi");
    localized.set_message(std::string(vi_text));
    SetDetail(status, localized);
  }
  return status;
}

namespace status_internal {

absl::Status ErrorOf(absl::StatusCode code, const google::protobuf::EnumDescriptor& type,
                     int number, absl::string_view message, const ErrorMetadata& metadata) {
  return MakeError(code, type.file()->package(), enum_text_internal::ShortName(type, number),
                   enum_text_internal::VietnameseText(type, number), message, metadata);
}

bool Is(const absl::Status& status, const google::protobuf::EnumDescriptor& type, int number) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.has_value() && info->domain() == type.file()->package() &&
         info->reason() == enum_text_internal::ShortName(type, number);
}

std::string TypeUrl(const google::protobuf::Descriptor& type) {
  return absl::StrCat("type.googleapis.com/", type.full_name());
}

}  // namespace status_internal

absl::Status WithPrecondition(absl::Status status, absl::string_view type,
                              absl::string_view subject, absl::string_view description) {
  auto failure = DetailOf<google::rpc::PreconditionFailure>(status).value_or(
      google::rpc::PreconditionFailure());
  auto& violation = *failure.add_violations();
  violation.set_type(std::string(type));
  violation.set_subject(std::string(subject));
  violation.set_description(std::string(description));
  SetDetail(status, failure);
  return status;
}

absl::Status WithRetry(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo info;
  SetDuration(delay, *info.mutable_retry_delay());
  SetDetail(status, info);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : "";
}

void SetDetail(absl::Status& status, const google::protobuf::Message& detail) {
  status.SetPayload(status_internal::TypeUrl(*detail.GetDescriptor()),
                    absl::Cord(detail.SerializeAsString()));
}

}  // namespace eid
