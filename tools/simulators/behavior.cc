// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/behavior.h"

#include <utility>

#include "common/status/status.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::simulator {
namespace {

constexpr absl::Duration kLatency = absl::Seconds(3);
constexpr absl::Duration kMaxLatency = absl::Minutes(10);
constexpr absl::Duration kAsOfLag = absl::Hours(24 * 30);
constexpr absl::Duration kMaxAsOfLag = absl::Hours(24 * 3650);

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

void CheckDuration(bool is_set, bool is_used, const google::protobuf::Duration& value,
                   absl::Duration most, absl::string_view field, Violations& violations) {
  if (!is_set) return;
  if (!is_used) {
    violations.Add(field, policy::v1::FIELD_REASON_NOT_ALLOWED, "The mode has no use for it.");
  } else if (ToDuration(value) <= absl::ZeroDuration() || ToDuration(value) > most) {
    violations.Add(field, policy::v1::FIELD_REASON_OUT_OF_RANGE,
                   "Must be above zero and at most the limit in the field's comment.");
  }
}

absl::Status ToldToBeDown() {
  return Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE,
               "told to be down");
}

}  // namespace

BehaviorSwitch::BehaviorSwitch(std::set<v1::Behavior::Mode> modes) : modes_(std::move(modes)) {
  behavior_.set_mode(v1::Behavior::MODE_NORMAL);
}

absl::StatusOr<v1::Behavior> BehaviorSwitch::Set(const v1::SetBehaviorRequest& request) {
  const v1::Behavior& wanted = request.behavior();
  Violations violations;
  if (wanted.mode() == v1::Behavior::MODE_UNSPECIFIED) {
    violations.Add("behavior.mode", policy::v1::FIELD_REASON_REQUIRED, "A mode is required.");
  } else if (modes_.count(wanted.mode()) == 0) {
    violations.Add("behavior.mode", policy::v1::FIELD_REASON_UNKNOWN_VALUE,
                   "This simulator does not have the mode.");
  }
  const bool delays =
      wanted.mode() == v1::Behavior::MODE_SLOW || wanted.mode() == v1::Behavior::MODE_TWICE;
  CheckDuration(wanted.has_latency(), delays, wanted.latency(), kMaxLatency, "behavior.latency",
                violations);
  CheckDuration(wanted.has_as_of_lag(), wanted.mode() == v1::Behavior::MODE_STALE,
                wanted.as_of_lag(), kMaxAsOfLag, "behavior.as_of_lag", violations);
  if (!violations.empty()) return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);

  absl::MutexLock lock(&mu_);
  const int64_t calls = behavior_.call_count();
  behavior_ = wanted;
  behavior_.set_call_count(calls);
  asked_.clear();
  return behavior_;
}

v1::Behavior BehaviorSwitch::Get() const {
  absl::MutexLock lock(&mu_);
  return behavior_;
}

Plan BehaviorSwitch::Next(absl::string_view subject) {
  absl::MutexLock lock(&mu_);
  behavior_.set_call_count(behavior_.call_count() + 1);
  const absl::Duration latency =
      behavior_.has_latency() ? ToDuration(behavior_.latency()) : kLatency;
  switch (behavior_.mode()) {
    case v1::Behavior::MODE_DOWN: return {.refusal = ToldToBeDown()};
    case v1::Behavior::MODE_FLAPPING:
      return behavior_.call_count() % 2 == 0 ? Plan() : Plan{.refusal = ToldToBeDown()};
    case v1::Behavior::MODE_SLOW: return {.latency = latency};
    case v1::Behavior::MODE_TWICE:
      return {.latency = asked_[std::string(subject)]++ == 0 ? latency : absl::ZeroDuration()};
    case v1::Behavior::MODE_STALE:
      return {.as_of_lag =
                  behavior_.has_as_of_lag() ? ToDuration(behavior_.as_of_lag()) : kAsOfLag};
    case v1::Behavior::MODE_CONTRADICTORY: return {.deny = asked_[std::string(subject)]++ % 2 == 1};
    default: return {};
  }
}

}  // namespace eid::simulator
