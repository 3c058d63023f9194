// SPDX-License-Identifier: Apache-2.0
// The other services, as far as this one sees them; for tests. They answer at once (unless `holds`), on
// the caller's thread, and are idempotent as the real ones are.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "services/org_registration/peers.h"
#include "services/org_registration/people.h"
#include "services/org_registration/storage.pb.h"

namespace eid::org_registration::testing {

class FakePeople final : public People {
 public:
  void GetCaller(const rpc::Call& call, Done done) override;

  // By account.
  std::map<std::string, Person> persons;
  // Identity cannot be reached.
  bool away = false;
  int calls = 0;
};

class FakePeers final : public Peers {
 public:
  void EnsureVerification(verification::v1::EnsureVerificationRequest request,
                          Done<verification::v1::Verification> done) override;
  void EnsureCase(approval::v1::EnsureCaseRequest request, Done<approval::v1::Case> done) override;
  void CloseCase(approval::v1::CloseCaseRequest request, Done<approval::v1::Case> done) override;
  void EnsureOrganization(identity::v1::EnsureOrganizationRequest request,
                          Done<identity::v1::Organization> done) override;

  // Verifications that begin from now on conclude at once, or not.
  bool concludes = true;
  // Peers that cannot be reached: they do nothing.
  std::set<Peer> away;
  // Calls of this number (from 1) are done, but their answer is lost.
  int lost_answer = 0;
  // What identity answers instead of granting.
  absl::Status refusal;
  // Answers are kept back until Release.
  bool holds = false;
  // What each peer has made, by the name that it was asked for.
  std::map<std::string, verification::v1::Verification> verifications;
  std::map<std::string, approval::v1::Case> cases;
  std::map<std::string, identity::v1::Organization> organizations;
  // Names of calls, in order: "EnsureCase registration-1".
  std::vector<std::string> calls;
  // How many things were made, of each name.
  std::map<std::string, int> made;

  // Gives the answers that were kept back, and keeps back no more.
  void Release();
  // A verification that waits for this registry.
  void WaitForRegistry(const std::string& verification_id, const std::string& registry_id);
  void Conclude(const std::string& verification_id);
  // What officers do.
  void Approve(const std::string& case_id);
  void Reject(const std::string& case_id);
  void AskFor(const std::string& case_id, const std::vector<std::string>& fields);

 private:
  // Notes the call; UNAVAILABLE if the peer is away or the answer will be lost. `act`: the call has
  // its effect.
  template <class Answer>
  absl::StatusOr<Answer> Answered(Peer peer, std::string call,
                                  const std::function<absl::StatusOr<Answer>()>& act);
  template <class Answer>
  void Give(absl::StatusOr<Answer> answer, Done<Answer> done);

  std::vector<std::function<void()>> held_;
};

}  // namespace eid::org_registration::testing
