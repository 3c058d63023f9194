// SPDX-License-Identifier: Apache-2.0
// Requests that no honest client sends, made from the contract of any RPC.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/integration/support/contract.h"

namespace eid::integration {

// A request and what is wrong with it.
struct BadRequest {
  std::string name;
  std::string bytes;
};

// Bytes that are no message of any type.
std::vector<BadRequest> MalformedBytes();
// For each string field of the request: bytes that are no UTF-8.
std::vector<BadRequest> BrokenTexts(const Rpc& rpc);
// For each string field: a text of 9,000 characters; named by the field.
std::vector<BadRequest> LongTexts(const Rpc& rpc);
// For each repeated field: 1,001 items; named by the field.
std::vector<BadRequest> LongLists(const Rpc& rpc);
// Every field set to something absurd: dates that are none, numbers below zero, values that no enum
// has, texts that are too long and hold control characters.
std::string Nonsense(const Rpc& rpc);
// Larger than any message may be.
std::string Oversized();

// Every field set to something that looks well, with values in the sensitive fields that stand
// nowhere else in the world; those are added to `canaries`.
std::string WithCanaries(const Rpc& rpc, std::vector<std::string>& canaries);

}  // namespace eid::integration
