// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// absl::Status as google.rpc.Status, both ways. Total: nothing is lost, nothing is refused.
// grpc::Status is in status_grpc.h.
namespace eid::rpc {

// A serialized google.rpc.Status with the code, the message and every payload; "" for OK.
std::string ToWire(const absl::Status& status);
// From a code, a message and the serialized google.rpc.Status (may be empty or broken; then there
// are no payloads). A code that is not one of the canonical ones is UNKNOWN.
absl::Status FromWire(int code, absl::string_view message, absl::string_view details);

// What may leave the process: INTERNAL, UNKNOWN and DATA_LOSS lose their text and payloads and
// become INTERNAL with reason INTERNAL; a bare DEADLINE_EXCEEDED, CANCELLED and everything else
// stays as it is.
absl::Status PublicStatus(const absl::Status& status);

}  // namespace eid::rpc
