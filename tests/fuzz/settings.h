// SPDX-License-Identifier: Apache-2.0
// Entries for what programs' configurations say, and what follows from it.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/properties.h"

namespace eid::fuzz {

// All of them.
std::vector<MessageEntry> SettingsEntries();
// Configurations that are taken.
std::vector<std::unique_ptr<google::protobuf::Message>> GoodSettings();

// Those of listening and calling: the parts that all programs share, and the gateway, which does
// nothing else (settings_rpc.cc).
std::vector<MessageEntry> RpcSettingsEntries();
std::vector<std::unique_ptr<google::protobuf::Message>> GoodRpcSettings();

template <class Config, class Check>
MessageEntry SettingsEntry(Check check) {
  return EntryOf<Config>([check](const Config& config) { InTime([&] { check(config); }); });
}

// Reads a seed.
void ParseSeed(absl::string_view text, google::protobuf::Message& config);
template <class Config>
std::unique_ptr<google::protobuf::Message> Parsed(absl::string_view text) {
  auto config = std::make_unique<Config>();
  ParseSeed(text, *config);
  return config;
}

// Whether a configuration is taken; a refusal says why.
bool Taken(const absl::Status& checked);
// A time that rows and answers can say.
void CheckPeriod(absl::Duration period);

}  // namespace eid::fuzz
