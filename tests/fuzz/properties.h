// SPDX-License-Identifier: Apache-2.0
// What holds for every answer of a validation, whatever was sent. Each ends the program otherwise.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace eid::fuzz {

// Runs `validate` on the request, and checks that
// - it is done in time (InTime);
// - a refusal is INVALID_ARGUMENT with a reason and at least one violation, each of a field that the
//   request has; it repeats nothing personal of the request; it fits into what clients take of
//   metadata;
// - the same request, written and read again, gets the same answer.
void CheckValidation(
    const google::protobuf::Message& request,
    const std::function<absl::Status(const google::protobuf::Message& request)>& validate);

// An error about nothing of the request but an opaque token or a number: OK, or INVALID_ARGUMENT with
// a reason; the rest as above.
void CheckError(const google::protobuf::Message& request, const absl::Status& status);

// Whether our words hold a value that tells of a person: a number of six and more digits, an address.
bool Repeats(absl::string_view texts, absl::string_view value);

// Whether `path`, as in "items[2].message.vi", leads to a field of the message. An index is of an
// element that is there.
bool HasPath(const google::protobuf::Message& message, absl::string_view path);

// Bytes of metadata that a status costs on its way to a client.
size_t MetadataBytes(const absl::Status& status);

// Does what it is given within 100 ms of the processor, or ends the program. With AddressSanitizer,
// as the fuzzer is built, within a second.
void InTime(const std::function<void()>& work);

}  // namespace eid::fuzz
