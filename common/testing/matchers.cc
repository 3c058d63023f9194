// SPDX-License-Identifier: Apache-2.0
#include "common/testing/matchers.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace eid::testing {

std::string Describe(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::string text = absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message());
  if (auto info = DetailOf<google::rpc::ErrorInfo>(status)) {
    absl::StrAppend(&text, " [", info->reason(), " in ", info->domain(), "]");
  }
  if (auto bad = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad->field_violations()) {
      absl::StrAppend(&text, "\n  ", violation.field(), ": ", violation.reason());
    }
  }
  return text;
}

}  // namespace eid::testing
