// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/load/fields.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace eid::bench {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Stops behind the tag of a field. False if it is not there, or the message is damaged before it.
bool Find(CodedInputStream& in, uint32_t tag) {
  for (uint32_t next = in.ReadTag(); next != tag; next = in.ReadTag()) {
    if (next == 0 || !WireFormatLite::SkipField(&in, next)) return false;
  }
  return true;
}

CodedInputStream StreamOf(absl::string_view message) {
  return CodedInputStream(reinterpret_cast<const uint8_t*>(message.data()),
                          static_cast<int>(message.size()));
}

}  // namespace

OnePiece::OnePiece(const grpc::ByteBuffer& buffer) {
  // An empty slice, should it be neither: it has no fields.
  if (!buffer.TrySingleSlice(&slice_).ok()) (void)buffer.DumpToSingleSlice(&slice_);
}

absl::string_view BytesField(absl::string_view message, int number) {
  auto in = StreamOf(message);
  int size = 0;
  if (!Find(in, WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) ||
      !in.ReadVarintSizeAsInt(&size)) {
    return "";
  }
  const auto begin = static_cast<size_t>(in.CurrentPosition());
  return in.Skip(size) ? message.substr(begin, static_cast<size_t>(size)) : "";
}

uint64_t NumberField(absl::string_view message, int number) {
  auto in = StreamOf(message);
  uint64_t value = 0;
  const bool found = Find(in, WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_VARINT)) &&
                     in.ReadVarint64(&value);
  return found ? value : 0;
}

}  // namespace eid::bench
