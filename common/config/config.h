// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/status/macros.h"
#include "google/protobuf/message.h"

namespace eid {

// Reads `text`, a message in protobuf's text format. INVALID_ARGUMENT if it does not parse: the
// message has a line "source:line:column: what is wrong" for every error. An unknown field is one.
absl::Status ParseTextProto(absl::string_view text, absl::string_view source,
                            google::protobuf::Message& message);

// The same from a file of at most 1 MiB. NOT_FOUND or PERMISSION_DENIED if it cannot be read.
absl::Status LoadTextProto(const std::string& path, google::protobuf::Message& message);

template <typename T>
absl::StatusOr<T> LoadTextProto(const std::string& path) {
  T message;
  RETURN_IF_ERROR(LoadTextProto(path, message));
  return message;
}

}  // namespace eid
