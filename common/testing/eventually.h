// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace eid::testing {

// Waits, without a fixed time, for what nobody tells of: looks again and again, giving way to others in
// between. False: it has not come in so long.
//
//   REQUIRE(Eventually([&] { return watches.open() == 0; }));
template <class Condition>
bool Eventually(Condition condition, std::chrono::seconds patience = std::chrono::seconds(20)) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace eid::testing
