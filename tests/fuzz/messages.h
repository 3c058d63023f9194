// SPDX-License-Identifier: Apache-2.0
// Targets whose inputs are protobuf messages of several types: the type's full name, a line feed,
// and the serialized message. Names, not numbers: a saved input keeps its meaning when types come
// and go.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {

struct MessageEntry {
  const google::protobuf::Descriptor* type = nullptr;
  // Gets messages of this type alone.
  std::function<void(const google::protobuf::Message& message)> run;
};

// The entry of a generated type.
template <class Type, class Run>
MessageEntry EntryOf(Run run) {
  return {Type::descriptor(), [run = std::move(run)](const google::protobuf::Message& message) {
            run(static_cast<const Type&>(message));
          }};
}

// Runs what parses; seeds are an empty message and a plausible one of each type, `more` too. Mutates
// fields, and now and then bytes.
Target MessageTarget(const char* name, std::vector<MessageEntry> entries,
                     std::vector<std::unique_ptr<google::protobuf::Message>> more = {});

// The input of a message.
std::string InputOf(const google::protobuf::Message& message);

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

}  // namespace eid::fuzz
