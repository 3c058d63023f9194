// SPDX-License-Identifier: Apache-2.0
#include "services/verification/circuit.h"

#include <algorithm>

namespace eid::verification {

std::optional<Circuit::Ticket> Circuit::TryStart(absl::Time now) {
  switch (state(now)) {
    case State::kClosed: return generation_;
    case State::kOpen: return std::nullopt;
    case State::kHalfOpen:
      if (probing_) return std::nullopt;
      probing_ = true;
      return generation_;
  }
  return std::nullopt;
}

bool Circuit::Succeeded(Ticket ticket) {
  if (ticket != generation_) return false;
  failures_ = 0;
  if (closed_) return false;
  closed_ = true;
  probing_ = false;
  open_for_ = options_.open;
  ++generation_;
  return true;
}

void Circuit::Failed(Ticket ticket, absl::Time now) {
  if (ticket != generation_) return;
  if (!closed_) return Open(now, std::min(2 * open_for_, options_.max_open));
  if (++failures_ >= options_.failures_to_open) Open(now, options_.open);
}

void Circuit::Abandoned(Ticket ticket) {
  if (ticket == generation_) probing_ = false;
}

void Circuit::ProbeNow(absl::Time now) {
  if (!closed_) open_until_ = std::min(open_until_, now);
}

Circuit::State Circuit::state(absl::Time now) const {
  if (closed_) return State::kClosed;
  return now < open_until_ ? State::kOpen : State::kHalfOpen;
}

void Circuit::Open(absl::Time now, absl::Duration how_long) {
  closed_ = false;
  probing_ = false;
  failures_ = 0;
  open_for_ = how_long;
  open_until_ = now + how_long;
  ++generation_;
}

}  // namespace eid::verification
