// SPDX-License-Identifier: Apache-2.0
#include "common/sync/turn.h"

#include <utility>

namespace eid {
namespace {

// The outermost of the thread.
thread_local Turn* current = nullptr;

}  // namespace

Turn::Turn() {
  if (current == nullptr) current = this;
}

Turn::~Turn() {
  if (current != this) return;
  // What is put off now comes too late for this turn.
  current = nullptr;
  for (auto& work : put_off_) work();
}

void Turn::AtEnd(absl::AnyInvocable<void()> work) {
  if (current == nullptr) return work();
  current->put_off_.push_back(std::move(work));
}

}  // namespace eid
