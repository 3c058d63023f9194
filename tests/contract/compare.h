// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.pb.h"

namespace eid::contract {

// What a client or a stored message made with `before` would trip over when it meets `after`, a sentence each, in the
// order of the files; empty if nothing. Compared are the packages below "eid.": messages, fields (number, name in
// JSON, type, presence, oneof), reserved numbers and names, enum values, extensions, services, RPCs. What is new in
// `after` is never a break.
// INVALID_ARGUMENT: one of the sets is not complete and consistent. Pure.
absl::StatusOr<std::vector<std::string>> BreakingChanges(
    const google::protobuf::FileDescriptorSet& before,
    const google::protobuf::FileDescriptorSet& after);

// Reads a set as protoc --descriptor_set_out writes it. NOT_FOUND, DATA_LOSS.
absl::StatusOr<google::protobuf::FileDescriptorSet> ReadDescriptorSet(absl::string_view path);

}  // namespace eid::contract
