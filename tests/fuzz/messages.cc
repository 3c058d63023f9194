// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/messages.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/samples.h"

namespace eid::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

class Entries {
 public:
  explicit Entries(std::vector<MessageEntry> entries) : entries_(std::move(entries)) {}

  void Run(absl::string_view input) const {
    const auto [entry, message] = Parse(input);
    if (entry != nullptr && message != nullptr) entry->run(*message);
  }

  std::string Mutate(absl::string_view input, size_t max_size, Dice& dice) const {
    auto [entry, message] = Parse(input);
    if (message == nullptr || dice.OneIn(50)) message = NewMessage(*dice.Pick(entries_).type);
    // What only bytes can say: unknown fields, fields twice, broken encodings.
    if (dice.OneIn(20)) {
      const std::string name = absl::StrCat(message->GetDescriptor()->full_name(), "\n");
      return name + dice.Mutated(message->SerializeAsString(), max_size - name.size());
    }
    for (size_t times = 1 + dice.Below(4); times > 0; --times) MutateMessage(*message, dice);
    std::string mutated = InputOf(*message);
    if (mutated.size() <= max_size) return mutated;
    return InputOf(*NewMessage(*message->GetDescriptor()));
  }

  std::vector<std::string> Seeds() const {
    std::vector<std::string> seeds;
    for (const MessageEntry& entry : entries_) {
      const std::unique_ptr<Message> message = NewMessage(*entry.type);
      seeds.push_back(InputOf(*message));
      FillWithSamples(*message);
      seeds.push_back(InputOf(*message));
    }
    return seeds;
  }

 private:
  struct Parsed {
    const MessageEntry* entry = nullptr;
    std::unique_ptr<Message> message;
  };

  Parsed Parse(absl::string_view input) const {
    const size_t end = input.find('\n');
    if (end == absl::string_view::npos) return {};
    const std::string name(input.substr(0, end));
    const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const auto& e) { return e.type->full_name() == name; });
    if (entry == entries_.end()) return {};
    Parsed parsed{&*entry, NewMessage(*entry->type)};
    const absl::string_view bytes = input.substr(end + 1);
    if (!parsed.message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {};
    return parsed;
  }

  const std::vector<MessageEntry> entries_;
};

}  // namespace

Target MessageTarget(const char* name, std::vector<MessageEntry> entries,
                     std::vector<std::unique_ptr<Message>> more) {
  auto shared = std::make_shared<const Entries>(std::move(entries));
  std::vector<std::string> seeds = shared->Seeds();
  for (const auto& message : more) seeds.push_back(InputOf(*message));
  return {name, [shared](absl::string_view input) { shared->Run(input); },
          [seeds = std::move(seeds)] { return seeds; },
          [shared](absl::string_view input, size_t max_size, Dice& dice) {
            return shared->Mutate(input, max_size, dice);
          }};
}

std::string InputOf(const Message& message) {
  return absl::StrCat(message.GetDescriptor()->full_name(), "\n", message.SerializeAsString());
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

}  // namespace eid::fuzz
