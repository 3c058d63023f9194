// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message_lite.h"

namespace eid::kv {

// A part of a row that is stored as bytes, so that who loads the row need not read it: brings it into
// `part`, and leaves the bytes empty. Bytes that are empty change nothing. DATA_LOSS: they cannot be
// read.
absl::Status UnpackPart(std::string& bytes, google::protobuf::MessageLite& part);

}  // namespace eid::kv
