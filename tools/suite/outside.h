// SPDX-License-Identifier: Apache-2.0
// A person's phone, and the switches of the world outside: what the simulators show to their operator.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "eid/simulator/v1/simulator_control_service.grpc.pb.h"
#include "tools/suite/suite.h"

namespace eid::suite {

// The simulators of one suite. Thread-safe.
class Outside {
 public:
  using Control = simulator::v1::SimulatorControlService::Stub;

  static absl::StatusOr<std::unique_ptr<Outside>> Create(const Suite& suite);

  // Waits for a message to `phone` that holds a one-time code and was not taken by an earlier call,
  // and gives the code. DEADLINE_EXCEEDED after 20 seconds.
  absl::StatusOr<std::string> TakeCode(const std::string& phone);
  // Waits for a message to `address` that contains `words`. DEADLINE_EXCEEDED after 20 seconds.
  absl::StatusOr<simulator::v1::CarriedMessage> FindMessage(const std::string& address,
                                                            absl::string_view words);
  // All messages to `address`, newest first, at most 500.
  absl::StatusOr<simulator::v1::ListMessagesResponse> Messages(const std::string& address);

  // All of them, oldest last.
  absl::StatusOr<std::vector<simulator::v1::CarriedMessage>> AllMessages(
      const std::string& address);

  // Sets how "registry_population", "registry_business", "registry_special" or "carrier" behaves.
  // `latency`: of a mode that has one; zero: the mode's own.
  absl::Status Behave(const std::string& simulator, simulator::v1::Behavior::Mode mode,
                      absl::Duration latency = absl::ZeroDuration());
  // How many calls it was given since it started.
  absl::StatusOr<int64_t> Calls(const std::string& simulator);
  // Puts a record into the business register.
  absl::Status PutOrganization(const registry::v1::OrganizationRecord& organization);
  // Puts a record into the population database.
  absl::Status PutPerson(const registry::v1::PersonRecord& person);

 private:
  Outside() = default;

  // The newest message to `address` that is wanted, once there is one.
  absl::StatusOr<simulator::v1::CarriedMessage> AwaitMessage(
      const std::string& address, absl::string_view what,
      const std::function<bool(const simulator::v1::CarriedMessage&)>& wanted);

  std::map<std::string, std::unique_ptr<Control>> controls_;
  absl::Mutex mutex_;
  std::set<std::string> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::suite
