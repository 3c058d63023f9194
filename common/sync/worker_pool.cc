// SPDX-License-Identifier: Apache-2.0
#include "common/sync/worker_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/log/log.h"

namespace eid {
namespace {

// Below the program's own: about a tenth of a busy processor, all of an idle one.
constexpr int kNicer = 10;
constexpr int kNicest = 19;
// How long a turn on the processor lasts if nobody comes.
constexpr uint64_t kSliceNanos = 100'000'000;

// What sched_setattr(2) takes. The kernel's header for it does not go together with glibc's.
struct Scheduling {
  static constexpr uint64_t kKeepPolicy = 0x08;

  uint32_t size = sizeof(Scheduling);
  uint32_t policy = 0;
  uint64_t flags = kKeepPolicy;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = kSliceNanos;
  uint64_t deadline = 0;
  uint64_t period = 0;
};

// Long turns, since whoever wakes up and takes shorter ones comes first at once and does not wait for
// this turn's end. Kernels before 6.12 give all the same and take the priority alone.
void LowerOwnPriority() {
  Scheduling scheduling;
  scheduling.nice = std::min(::getpriority(PRIO_PROCESS, 0) + kNicer, kNicest);
  if (::syscall(SYS_sched_setattr, 0, &scheduling, 0) == 0) return;
  const auto self = static_cast<id_t>(::syscall(SYS_gettid));
  // Where a sandbox forbids it, the work only competes harder.
  (void)::setpriority(PRIO_PROCESS, self, scheduling.nice);
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
