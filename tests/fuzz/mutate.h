// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "google/protobuf/message.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {

// Changes one field, at any depth, to something else that the type allows: strings stay UTF-8, as the
// parser would refuse others before any code of ours.
void MutateMessage(google::protobuf::Message& message, Dice& dice);

// Valid UTF-8 made of any bytes.
std::string MadeUtf8(const std::string& bytes);

}  // namespace eid::fuzz
