// SPDX-License-Identifier: Apache-2.0
#include "common/kv/part.h"

namespace eid::kv {

absl::Status UnpackPart(std::string& bytes, google::protobuf::MessageLite& part) {
  if (bytes.empty()) return absl::OkStatus();
  if (!part.ParseFromString(bytes)) {
    return absl::DataLossError("The store is damaged: a part of a row cannot be read.");
  }
  bytes.clear();
  return absl::OkStatus();
}

}  // namespace eid::kv
