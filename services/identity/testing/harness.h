// SPDX-License-Identifier: Apache-2.0
// Identity on a store in memory, with a clock, ids, a population database and a carrier of the test's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/crypto/keys.h"
#include "common/rpc/testing/calls.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "common/testing/sequential_ids.h"
#include "common/testing/temporary_folder.h"
#include "services/identity/identity.h"

namespace eid::identity::testing {

using eid::testing::Value;

// Runs an operation and waits for its answer.
template <class Response, class Start>
absl::StatusOr<Response> Await(Start start) {
  absl::StatusOr<Response> result = absl::UnknownError("no answer");
  absl::Notification answered;
  start(rpc::Reply<Response>([&](absl::StatusOr<Response> answer) {
    result = std::move(answer);
    answered.Notify();
  }));
  answered.WaitForNotification();
  return result;
}

class FakePersons : public PersonCheck {
 public:
  void Check(const rpc::Call&, verification::v1::CheckPersonRequest person, Done done) override {
    asked.push_back(std::move(person));
    const auto go_on = [&] { done(answer); };
    const auto meanwhile = std::exchange(next_meanwhile, nullptr);
    meanwhile ? meanwhile(go_on) : go_on();
  }
  // What the answer says of a field.
  void Say(const std::string& field, verification::v1::Verdict verdict);

  std::vector<verification::v1::CheckPersonRequest> asked;
  // What happens while the next one is asked about; it gives the answer by going on.
  std::function<void(const std::function<void()>& go_on)> next_meanwhile;
  // All four fields MATCH unless the test says otherwise.
  absl::StatusOr<verification::v1::CheckPersonResponse> answer;
};

// Takes every message.
class FakeCarrier : public Carrier {
 public:
  void Deliver(delivery::v1::DeliverRequest message,
               std::function<void(absl::Status)> done) override;
  // Waits for the message.
  delivery::v1::DeliverRequest Get(const std::string& message_id);

 private:
  absl::Mutex mu_;
  std::map<std::string, delivery::v1::DeliverRequest> taken_ ABSL_GUARDED_BY(mu_);
};

// A person as the tests know one.
struct Person {
  std::string personal_id;
  int birth_year = 1990;
  std::string password = "Mat-khau-1!";
  std::string passcode = "135790";
  std::string account_id = {};
  crypto::PrivateKey device = crypto::PrivateKey::Generate(crypto::Algorithm::kEs256);
};

class Harness {
 public:
  explicit Harness(std::function<void(Config&)> change = nullptr);

  // Closes the service and opens it anew on the same store. Only for a harness `OnDisk`.
  void Restart();
  static std::unique_ptr<Harness> OnDisk();

  // Calls of AccountService.
  absl::StatusOr<v1::Account> Enroll(const v1::EnrollAccountRequest& request,
                                     const rpc::Call& call);
  absl::StatusOr<v1::Account> Enroll(Person& person);
  absl::StatusOr<v1::Account> Activate(const v1::ActivateAccountRequest& request);
  absl::StatusOr<v1::Account> Activate(const Person& person);
  v1::EnrollAccountRequest Enrolment(const Person& person);
  // With an answer to a new challenge.
  v1::ActivateAccountRequest Activation(const Person& person);
  // A person with an active account.
  Person NewPerson(const std::string& personal_id, int birth_year = 1990);
  // The same with a role, granted in the store.
  Person NewOfficer(const std::string& personal_id, policy::v1::OfficerRole role);

  // Calls of AuthenticationService, from `client`.
  absl::StatusOr<v1::Challenge> Challenge(const std::string& personal_id, v1::ChallengeKind kind);
  absl::StatusOr<v1::Session> Login(const std::string& personal_id,
                                    const std::vector<v1::Factor>& factors);
  // Password and device.
  v1::Session LoginOf(const Person& person);
  absl::StatusOr<v1::Session> StepUp(const rpc::Call& call, const std::vector<v1::Factor>& factors);
  absl::StatusOr<v1::Session> ActAs(const rpc::Call& call, const std::string& organization_id);
  absl::StatusOr<v1::Session> Refresh(const std::string& refresh_token);
  absl::Status Revoke(const std::string& token);
  v1::TokenInfo Introspect(const std::string& token);
  // The call that a token makes, admitted.
  rpc::Call CallWith(const std::string& token);

  // Proofs.
  static v1::Factor Password(const std::string& password);
  static v1::Factor Passcode(const std::string& passcode);
  v1::Factor CodeFor(const Person& person);
  v1::Factor Code(const std::string& challenge_id, const std::string& code);
  v1::Factor DeviceFor(const Person& person);
  // Any code but this one.
  static std::string WrongCode(const std::string& right);
  // The code in the message that the challenge sent.
  std::string SentCode(const std::string& challenge_id);

  // An organization, granted.
  v1::EnsureOrganizationRequest Grant(const std::string& registration_id,
                                      const std::string& tax_code, const Person& representative);
  absl::StatusOr<v1::Organization> Ensure(const v1::EnsureOrganizationRequest& request);
  absl::StatusOr<v1::Organization> ActivateOrganization(const Person& person,
                                                        const std::string& organization_id,
                                                        const std::string& etag = "");

  // By an officer.
  absl::StatusOr<v1::Organization> Reopen(const std::string& organization_id);

  AccountRow Row(const std::string& account_id);
  void Change(const std::function<absl::Status(kv::Txn&)>& body);

  FakeClock clock;
  SequentialIds ids;
  FakePersons persons;
  FakeCarrier carrier;
  std::string client = "192.0.2.1";

  Identity& service() { return *identity_; }
  const Environment& environment() { return identity_->environment(); }

 private:
  struct OnDiskTag {};
  Harness(OnDiskTag, std::function<void(Config&)> change);
  void Open();

  TemporaryFolder folder_;
  Config config_;
  bool on_disk_ = false;
  int requests_ = 0;
  std::unique_ptr<Identity> identity_;
};

}  // namespace eid::identity::testing
