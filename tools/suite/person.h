// SPDX-License-Identifier: Apache-2.0
// A person with an account: what an app on the phone does for its owner.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/keys.h"
#include "eid/approval/v1/approval_service.grpc.pb.h"
#include "eid/approval/v1/notification_service.grpc.pb.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/identity/v1/account_service.grpc.pb.h"
#include "eid/identity/v1/authentication_service.grpc.pb.h"
#include "eid/identity/v1/officer_service.grpc.pb.h"
#include "eid/identity/v1/organization_service.grpc.pb.h"
#include "eid/org_registration/v1/registration_service.grpc.pb.h"
#include "eid/verification/v1/verification_service.grpc.pb.h"
#include "tools/suite/client.h"
#include "tools/suite/outside.h"

namespace eid::suite {

// What the population database knows of somebody.
struct PersonData {
  std::string personal_id;
  std::string full_name;
  int birth_year = 0;
  int birth_month = 0;
  int birth_day = 0;
  std::string phone;
};

// As the representative of an organization.
dossier::v1::Representative RepresentativeOf(const PersonData& data, const std::string& position);

// One person at the gateway. Not thread-safe.
class Person {
 public:
  // `outside` outlives this.
  Person(PersonData data, std::shared_ptr<grpc::Channel> gateway, Outside& outside);

  // What an officer sends to enrol this person.
  identity::v1::EnrollAccountRequest Enrolment() const;

  // Asks for a code, reads it from the phone, sets password and passcode, binds a new device key.
  absl::Status Activate();
  // Logs in with the password and a signature of the device: two kinds of factor.
  absl::Status Login();
  // Logs in with the password and a code sent to the phone.
  absl::Status LoginWithCode();
  // The same person on the same device in another session, logged in: for another thread.
  absl::StatusOr<std::unique_ptr<Person>> AnotherSession() const;
  // Acts for the organization from now on; empty: for oneself.
  absl::Status ActAs(const std::string& organization_id);
  // New tokens, if the old ones have less than a minute left.
  absl::Status KeepLoggedIn();
  // `told` hears of the present tokens and of all that come after them, those of further sessions
  // (AnotherSession) too, on the thread that got them.
  void OnTokens(std::function<void(const identity::v1::Session&)> told);

  // A signature of this person's consent to a dossier.
  absl::StatusOr<org_registration::v1::ConsentToRegistrationRequest> Consent(
      const org_registration::v1::Registration& registration) const;

  // Calls an RPC as this person, repeating it while a service is away: for reads and calls with a
  // request_id.
  template <class Stub, class Interface, class Request, class Response>
  absl::StatusOr<Response> Do(Stub& stub,
                              grpc::Status (Interface::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                              const Request& request) {
    if (absl::Status status = KeepLoggedIn(); !status.ok()) return status;
    return Call(stub, method, request, {.token = session_.access_token(), .repeat = true});
  }

  // Waits, on the stream of changes, until the registration is in one of the states.
  // DEADLINE_EXCEEDED after `patience`, saying where it is.
  absl::StatusOr<org_registration::v1::Registration> WaitFor(
      const std::string& registration_id,
      const std::vector<org_registration::v1::Registration::State>& states,
      absl::Duration patience = absl::Seconds(30));

  const PersonData& data() const { return data_; }
  const std::string& account_id() const { return session_.account_id(); }
  const std::string& token() const { return session_.access_token(); }
  const identity::v1::Session& session() const { return session_; }
  const std::string& password() const { return secrets_.password; }

  // The services, through the gateway.
  std::unique_ptr<identity::v1::AuthenticationService::Stub> authentication;
  std::unique_ptr<identity::v1::AccountService::Stub> accounts;
  std::unique_ptr<identity::v1::OrganizationService::Stub> organizations;
  std::unique_ptr<identity::v1::OfficerService::Stub> officers;
  std::unique_ptr<org_registration::v1::RegistrationService::Stub> registrations;
  std::unique_ptr<org_registration::v1::TrackingService::Stub> tracking;
  std::unique_ptr<verification::v1::VerificationService::Stub> verifications;
  std::unique_ptr<approval::v1::ApprovalService::Stub> cases;
  std::unique_ptr<approval::v1::NotificationService::Stub> notifications;

 private:
  struct Secrets {
    crypto::PrivateKey device;
    std::string password;
    std::string passcode;
  };
  Person(PersonData data, std::shared_ptr<grpc::Channel> gateway, Outside& outside,
         Secrets secrets);
  absl::Status LoginWith(const identity::v1::Factor& second);
  absl::StatusOr<identity::v1::Challenge> Challenge(identity::v1::ChallengeKind kind);
  void Take(identity::v1::Session session);

  const PersonData data_;
  std::shared_ptr<grpc::Channel> gateway_;
  Outside& outside_;
  const Secrets secrets_;
  identity::v1::Session session_;
  std::function<void(const identity::v1::Session&)> told_;
};

// A new request_id.
std::string NewRequestId();

}  // namespace eid::suite
