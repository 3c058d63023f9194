// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>

#include "common/kv/database.h"
#include "common/kv/feed.h"
#include "common/sync/mutex.h"

namespace eid::kv::testing {

// Waits until `holds`, looking again after everything that is announced. Knows no lock of Abseil's,
// so that ThreadSanitizer sees what is ordered by it.
inline void WaitUntil(Database& database, const std::function<bool()>& holds) {
  Mutex mutex;
  std::condition_variable changed;
  bool news = true;
  const Subscription subscription = database.feed().Subscribe([&](uint64_t) {
    MutexLock lock(mutex);
    news = true;
    changed.notify_all();
  });
  while (!holds()) {
    MutexLock lock(mutex);
    while (!news) lock.Wait(changed);
    news = false;
  }
}

}  // namespace eid::kv::testing
