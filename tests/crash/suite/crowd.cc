// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/crowd.h"

#include <functional>
#include <memory>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "tests/crash/suite/requests.h"

namespace eid::crash {
namespace {

constexpr int kCalls = 24;
constexpr absl::Duration kTimeout = absl::Seconds(1);
constexpr char kNothing[] = "nothing";

// Makes the call many times at once in the name of the person.
template <class Async, class Interface, class Request, class Response>
void CallAtOnce(Async& async,
                void (Interface::*method)(grpc::ClientContext*, const Request*, Response*,
                                          std::function<void(grpc::Status)>),
                const suite::Person& person, Request request) {
  struct One {
    grpc::ClientContext context;
    Request request;
    Response response;
  };
  std::vector<One> calls(kCalls);
  absl::BlockingCounter left(kCalls);
  for (One& one : calls) {
    one.context.set_deadline(absl::ToChronoTime(absl::Now() + kTimeout));
    one.context.AddMetadata("authorization", "Bearer " + person.token());
    one.request = request;
    one.request.set_request_id(suite::NewRequestId());
    (async.*method)(&one.context, &one.request, &one.response,
                    [&left](const grpc::Status&) { left.DecrementCount(); });
  }
  left.Wait();
}

}  // namespace

void CallIn(Shared shared, const std::string& program) {
  suite::Person& officer = shared.arena.world().intake();
  suite::Person& reviewer = shared.arena.world().reviewer();
  if (!officer.KeepLoggedIn().ok() || !reviewer.KeepLoggedIn().ok()) return;
  if (program == "identity") {
    using Service = identity::v1::OrganizationService;
    CallAtOnce(*officer.organizations->async(), &Service::Stub::async::ActivateOrganization,
               officer, ActivationOf(kNothing));
  } else if (program == "org_registration") {
    using Service = org_registration::v1::RegistrationService;
    CallAtOnce(*officer.registrations->async(), &Service::Stub::async::WithdrawRegistration,
               officer, WithdrawalOf(kNothing));
  } else if (program == "approval") {
    using Service = approval::v1::ApprovalService;
    CallAtOnce(*reviewer.cases->async(), &Service::Stub::async::ClaimCase, reviewer,
               ClaimOf(kNothing));
  } else if (program == "verification") {
    using Service = verification::v1::VerificationService;
    verification::v1::RetryVerificationRequest request;
    request.set_verification_id(kNothing);
    CallAtOnce(*reviewer.verifications->async(), &Service::Stub::async::RetryVerification, reviewer,
               request);
  }
}

}  // namespace eid::crash
