// SPDX-License-Identifier: Apache-2.0
#include "common/sync/worker_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "common/log/log.h"

namespace eid {
namespace {

// About a tenth of a busy processor, all of an idle one.
constexpr int kNice = 10;

void LowerOwnPriority() {
  const auto self = static_cast<id_t>(::syscall(SYS_gettid));
  // Where a sandbox forbids it, the work only competes harder.
  (void)::setpriority(PRIO_PROCESS, self, kNice);
}

}  // namespace

WorkerPool::WorkerPool(Options options) : options_(std::move(options)) {
  CHECK(options_.threads > 0) << "a pool needs a thread";
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::Submit(std::function<void()> job) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || queue_.size() >= options_.max_queue) return false;
    queue_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

size_t WorkerPool::queued() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

std::function<void()> WorkerPool::Take() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) lock.Wait(changed_);
  if (queue_.empty()) return nullptr;
  std::function<void()> job = std::move(queue_.front());
  queue_.pop_front();
  return job;
}

void WorkerPool::Work() {
  pthread_setname_np(pthread_self(), options_.name.c_str());
  if (options_.low_priority) LowerOwnPriority();
  while (const std::function<void()> job = Take()) job();
}

}  // namespace eid
