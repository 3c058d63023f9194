// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/rpc/error_details.pb.h"

namespace eid {

// Paths of fields, as google.rpc.BadRequest wants them:
//   Nested("dossier", "tax_code") == "dossier.tax_code"; Nested("", "tax_code") == "tax_code"
//   Indexed("factors", 1) == "factors[1]"
std::string Nested(absl::string_view parent, absl::string_view field);
std::string Indexed(absl::string_view field, size_t index);

// Collects what is wrong with a request, so that the caller learns of everything at once:
//   Violations violations;
//   if (request.name().empty()) violations.Add("name", FIELD_REASON_REQUIRED, "Must be set.");
//   return violations.ToStatus(ERROR_REASON_INVALID_REQUEST);
// Not thread-safe.
class Violations {
 public:
  // Beyond so many bytes no more are kept: an error whose metadata exceeds the 8 KiB that clients
  // take would not arrive at all. That is dozens of fields.
  static constexpr size_t kMaxBytes = 4000;

  // `english_description` says what is wrong and what is expected. It never repeats the value: that
  // may be personal. The Vietnamese sentence is the reason's own.
  void Add(absl::string_view field_path, policy::v1::FieldReason reason,
           absl::string_view english_description);

  bool empty() const { return request_.field_violations().empty(); }
  // How many are kept.
  int size() const { return request_.field_violations_size(); }

  // OK if there are none, else an error with google.rpc.BadRequest whose message names the fields.
  template <typename Reason>
  absl::Status ToStatus(Reason reason,
                        absl::StatusCode code = absl::StatusCode::kInvalidArgument) const {
    if (empty()) return absl::OkStatus();
    return WithFields(Error(code, reason, Message()));
  }

 private:
  std::string Message() const;
  absl::Status WithFields(absl::Status status) const;

  google::rpc::BadRequest request_;
  size_t bytes_ = 0;
};

}  // namespace eid
