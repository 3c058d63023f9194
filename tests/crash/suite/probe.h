// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {

// Single calls beside the load, to find out what goes on while something is held. Not thread-safe.
class Probe {
 public:
  explicit Probe(Run& run);

  // Has somebody enrolled who has no account, in one attempt: through the gateway, identity and
  // verification to the population database. What is acknowledged goes into the load's ledger, and
  // is looked for afterwards.
  absl::Status Enrol(const suite::PersonData& data, absl::Duration timeout);

  // A draft of somebody's own, and its submission in one attempt: org_registration asks identity for
  // the person's account meanwhile.
  absl::StatusOr<Registration> Draft();
  absl::StatusOr<Registration> Submit(const Registration& draft, absl::Duration timeout);
  // Violates kReadable if an acknowledged submission is not there as it was acknowledged.
  void LookFor(const Registration& submitted);

  // A read of each service that does not need the program: each has to be answered. Violates
  // kDeadline.
  void AskAllBut(const std::string& program);
  int answered() const { return answered_; }
  absl::Duration slowest() const { return slowest_; }

 private:
  template <class Stub, class Interface, class Request, class Response>
  void Ask(const std::string& service, suite::Person& person, Stub& stub,
           grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&, Response*),
           const Request& request);

  Run& run_;
  int answered_ = 0;
  absl::Duration slowest_ = absl::ZeroDuration();
};

}  // namespace eid::crash
