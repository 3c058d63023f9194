// SPDX-License-Identifier: Apache-2.0
// The service without its wire: the real store in memory, a clock that stands still, fake peers; for
// tests.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/crypto/keys.h"
#include "common/kv/database.h"
#include "common/rpc/reply.h"
#include "common/rpc/testing/calls.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "common/testing/sequential_ids.h"
#include "services/org_registration/filing.h"
#include "services/org_registration/reading.h"
#include "services/org_registration/store.h"
#include "services/org_registration/testing/dossiers.h"
#include "services/org_registration/testing/fake_peers.h"
#include "services/org_registration/workflow.h"

namespace eid::org_registration::testing {

using eid::testing::Value;
using v1::Registration;

// Calls an operation and waits for its answer.
template <class Answer, class Operation>
absl::StatusOr<Answer> Await(Operation&& operation) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Answer>>>();
  operation(rpc::Reply<Answer>(
      [promise](absl::StatusOr<Answer> answer) { promise->set_value(std::move(answer)); }));
  return promise->get_future().get();
}

// A person with a level-2 account and a bound device.
struct Holder {
  std::string account_id;
  std::string personal_id;
  crypto::PrivateKey device = crypto::PrivateKey::Generate(crypto::Algorithm::kEd25519);

  // A call of theirs.
  rpc::Call CallOf(absl::string_view method) const;
};

// Changes the Vietnamese name, and nothing else.
v1::UpdateRegistrationRequest Rename(const Registration& registration, const std::string& name);

class World {
 public:
  explicit World(Workflow::Options options = {});

  // "account-applicant", kApplicantId.
  const Holder& applicant() const { return applicant_; }
  // Made when first asked for: "account-0", CoRepresentativeId(0).
  const Holder& co_representative(int n);
  // Somebody else.
  const Holder& stranger() const { return stranger_; }

  // Operations, with a new request_id each unless one is given. For the applicant unless said.
  absl::StatusOr<Registration> Create(const dossier::v1::Dossier& dossier,
                                      const std::string& request_id = "");
  absl::StatusOr<Registration> Create(const Holder& holder, const dossier::v1::Dossier& dossier);
  absl::StatusOr<Registration> Update(v1::UpdateRegistrationRequest request);
  absl::StatusOr<Registration> Submit(const std::string& id, const std::string& request_id = "");
  absl::StatusOr<Registration> Submit(const Holder& holder, v1::SubmitRegistrationRequest request);
  v1::ConsentToRegistrationRequest ConsentRequest(const Holder& holder,
                                                  const Registration& registration);
  absl::StatusOr<Registration> Consent(const Holder& holder,
                                       const v1::ConsentToRegistrationRequest& request);
  // With the dossier as it is now.
  absl::StatusOr<Registration> Consent(const Holder& holder, const std::string& id);
  absl::StatusOr<Registration> Supplement(v1::SupplementRegistrationRequest request);
  absl::StatusOr<Registration> Withdraw(const std::string& id);
  absl::StatusOr<Registration> Get(const Holder& holder, const std::string& id);
  absl::StatusOr<v1::ListRegistrationsResponse> List(const Holder& holder,
                                                     const v1::ListRegistrationsRequest& request);

  // The registration as its applicant sees it now.
  Registration Now(const std::string& id) { return Value(Get(applicant_, id)); }
  RegistrationRow Row(const std::string& id);
  // Waits until what the store was asked for is done.
  void Settle();
  // Looks until nothing is due, the clock standing still.
  void Run();
  // A registration taken to this state, with one co-representative if it is AWAITING_CONSENT.
  std::string Bring(Registration::State state);
  // The process dies and starts anew, its store as it was.
  void Restart();

  std::string NewRequestId() { return request_ids_.NewId(); }

  FakeClock clock;
  FakePeople people;
  FakePeers peers;
  std::unique_ptr<kv::Database> db;
  std::optional<Persons> persons;
  std::optional<Filing> filing;
  std::optional<Reading> reading;
  std::unique_ptr<Workflow> workflow;
  // Ids of registrations that were handed over to the workflow.
  std::vector<std::string> handed_over;

 private:
  void Meet(const Holder& holder);
  void Start();

  const Workflow::Options options_;
  SequentialIds ids_{"registration-"};
  SequentialIds request_ids_{"request-"};
  Holder applicant_{"account-applicant", kApplicantId};
  Holder stranger_{"account-stranger", "001092000001"};
  std::map<int, Holder> co_representatives_;
};

}  // namespace eid::org_registration::testing
