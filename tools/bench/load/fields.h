// SPDX-License-Identifier: Apache-2.0
// Single fields of messages as they came over the wire. The load shares its processors with what it
// measures: it parses nothing whole of which it needs an id.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>

#include "absl/strings/string_view.h"

namespace eid::bench {

// The bytes of a buffer in one piece; copied only if they came in several.
class OnePiece {
 public:
  explicit OnePiece(const grpc::ByteBuffer& buffer);

  // Live as long as this does.
  absl::string_view bytes() const {
    return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()};
  }

 private:
  grpc::Slice slice_;
};

// The first field of this number in a serialized message, if it is a string or a message. Empty if it
// is not there; what follows it is not looked at.
absl::string_view BytesField(absl::string_view message, int number);
// The same for an enum or a number without a sign; 0 if it is not there.
uint64_t NumberField(absl::string_view message, int number);

}  // namespace eid::bench
