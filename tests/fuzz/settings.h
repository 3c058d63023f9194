// SPDX-License-Identifier: Apache-2.0
// Entries for what programs' configurations say, and what follows from it.
#pragma once

#include <memory>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/fuzz/messages.h"

namespace eid::fuzz {

std::vector<MessageEntry> SettingsEntries();
// Configurations that are taken.
std::vector<std::unique_ptr<google::protobuf::Message>> GoodSettings();

}  // namespace eid::fuzz
