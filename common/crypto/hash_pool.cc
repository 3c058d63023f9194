// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/hash_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "common/log/log.h"

namespace eid::crypto {
namespace {

// About a tenth of a busy processor, all of an idle one.
constexpr int kNice = 10;

void LowerOwnPriority() {
  pthread_setname_np(pthread_self(), "hash");
  const auto self = static_cast<id_t>(::syscall(SYS_gettid));
  // Where a sandbox forbids it, hashing only competes harder.
  (void)::setpriority(PRIO_PROCESS, self, kNice);
}

}  // namespace

HashPool::HashPool(int threads, size_t max_queue) : max_queue_(max_queue) {
  CHECK(threads > 0) << "a pool needs a thread";
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

HashPool::~HashPool() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool HashPool::Submit(std::function<void()> job) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || queue_.size() >= max_queue_) return false;
    queue_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

size_t HashPool::queued() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

std::function<void()> HashPool::Take() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) lock.Wait(changed_);
  if (queue_.empty()) return nullptr;
  std::function<void()> job = std::move(queue_.front());
  queue_.pop_front();
  return job;
}

void HashPool::Work() {
  LowerOwnPriority();
  while (const std::function<void()> job = Take()) job();
}

}  // namespace eid::crypto
