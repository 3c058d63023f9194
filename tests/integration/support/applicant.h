// SPDX-License-Identifier: Apache-2.0
// One applicant of a load, and one follower of an applicant's registrations.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/integration/support/history.h"
#include "tests/integration/support/load.h"
#include "tools/suite/world.h"

namespace eid::integration {

class Load::Applicant {
 public:
  // Has the officers do something about a case; called on Run()'s thread.
  using Officers = std::function<absl::Status(suite::Person& reviewer, suite::Person& approver)>;
  using AskOfficers = std::function<absl::Status(const Officers&)>;

  // Everything outlives this.
  Applicant(suite::World& world, suite::Person& person, AskOfficers ask, History& history,
            uint64_t seed);

  // Until told to stop, or until something comes that must not.
  void Run(const std::atomic<bool>& stopping);

 private:
  absl::Status TakeOneThrough();
  absl::StatusOr<dossier::v1::Dossier> NewOrganization();
  absl::StatusOr<org_registration::v1::Registration> Submit(
      const org_registration::v1::Registration& draft);
  // Has it sent back, corrects the name, waits until it is under review again.
  absl::Status Correct(const std::string& id, const std::string& right_name);
  absl::Status EndRefused(const std::string& id, Ended& ended);
  absl::Status EndGranted(const std::string& id, Ended& ended);

  // Calls; then perhaps again, as if the answer had been lost: it must be the same.
  template <class Stub, class Interface, class Request, class Response>
  absl::StatusOr<Response> Do(Stub& stub,
                              grpc::Status (Interface::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                              const Request& request) {
    absl::StatusOr<Response> first = person_.Do(stub, method, request);
    if (!first.ok()) return first;
    history_.Answered();
    if (!std::bernoulli_distribution(0.3)(random_)) return first;
    const absl::StatusOr<Response> second = person_.Do(stub, method, request);
    if (!second.ok()) return second;
    if (second->SerializeAsString() != first->SerializeAsString()) {
      history_.Fail("a repeated request was answered otherwise than the first time");
    }
    return first;
  }

  suite::World& world_;
  suite::Person& person_;
  const AskOfficers ask_;
  History& history_;
  std::mt19937_64 random_;
};

// Follows one person's registrations on the stream, resuming it where it broke.
class Load::Follower {
 public:
  Follower(suite::World& world, suite::Person& person, std::string token, History& history);

  // Until told that the load has ended, and then until every registration of the person that was
  // completed was seen in its last state. Fails the history if one was not, or went backwards.
  void Run(const std::atomic<bool>& ended);

 private:
  // Reads one stream to its end.
  absl::Status Follow();
  bool SawAll() const;

  const std::unique_ptr<org_registration::v1::RegistrationService::Stub> registrations_;
  const std::string account_id_;
  const std::string token_;
  History& history_;
  std::string resume_token_;
  // Submission and state of each registration, as seen last.
  std::map<std::string, std::pair<int, org_registration::v1::Registration::State>> seen_;
};

}  // namespace eid::integration
