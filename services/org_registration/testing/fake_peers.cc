// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/testing/fake_peers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::org_registration::testing {

using approval::v1::Case;
using identity::v1::Organization;
using verification::v1::Verification;

void FakePeople::GetCaller(const rpc::Call& call, Done done) {
  ++calls;
  if (away) {
    return done(
        Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE, "away"));
  }
  done(persons.at(std::string(call.account_id())));
}

template <class Answer>
absl::StatusOr<Answer> FakePeers::Answered(Peer peer, std::string call,
                                           const std::function<absl::StatusOr<Answer>()>& act) {
  calls.push_back(std::move(call));
  if (away.contains(peer)) return absl::UnavailableError("away");
  absl::StatusOr<Answer> answer = act();
  if (lost_answer == static_cast<int>(calls.size())) return absl::UnavailableError("lost");
  return answer;
}

template <class Answer>
void FakePeers::Give(absl::StatusOr<Answer> answer, Done<Answer> done) {
  if (!holds) return done(std::move(answer));
  held_.push_back([answer = std::move(answer), done = std::move(done)] { done(answer); });
}

void FakePeers::Release() {
  holds = false;
  for (const std::function<void()>& give : std::exchange(held_, {})) give();
}

void FakePeers::EnsureVerification(verification::v1::EnsureVerificationRequest request,
                                   Done<Verification> done) {
  const std::string& id = request.verification_id();
  auto answer = Answered<Verification>(PEER_VERIFICATION, "EnsureVerification " + id, [&] {
    if (!verifications.contains(id)) {
      ++made["verification " + id];
      Verification& made_now = verifications[id];
      made_now.set_verification_id(id);
      made_now.set_registration_id(request.registration_id());
      made_now.set_dossier_digest(request.dossier_digest());
      made_now.set_state(Verification::STATE_IN_PROGRESS);
      if (concludes) Conclude(id);
    }
    return verifications[id];
  });
  Give<Verification>(std::move(answer), std::move(done));
}

void FakePeers::EnsureCase(approval::v1::EnsureCaseRequest request, Done<Case> done) {
  const std::string& id = request.case_id();
  auto answer = Answered<Case>(PEER_APPROVAL, "EnsureCase " + id, [&] {
    if (!cases.contains(id)) ++made["case " + id];
    Case& c = cases[id];
    if (request.submission_number() > c.submission_number()) {
      c.set_case_id(id);
      c.set_submission_number(request.submission_number());
      c.set_state(Case::STATE_OPEN);
      c.set_dossier_digest(request.dossier_digest());
      c.clear_consenting_account_ids();
      for (const auto& account : request.consenting_account_ids()) {
        c.add_consenting_account_ids(account);
      }
      *c.mutable_clock()->mutable_due_time() =
          ToTimestamp(FromTimestamp(request.receive_time()) + absl::Hours(72));
    }
    return c;
  });
  Give<Case>(std::move(answer), std::move(done));
}

void FakePeers::CloseCase(approval::v1::CloseCaseRequest request, Done<Case> done) {
  auto answer = Answered<Case>(PEER_APPROVAL, "CloseCase " + request.case_id(),
                               [&]() -> absl::StatusOr<Case> {
                                 if (!cases.contains(request.case_id()))
                                   return absl::NotFoundError("none");
                                 cases[request.case_id()].set_state(Case::STATE_CLOSED);
                                 return cases[request.case_id()];
                               });
  Give<Case>(std::move(answer), std::move(done));
}

void FakePeers::EnsureOrganization(identity::v1::EnsureOrganizationRequest request,
                                   Done<Organization> done) {
  const std::string& id = request.registration_id();
  auto answer = Answered<Organization>(
      PEER_IDENTITY, "EnsureOrganization " + id, [&]() -> absl::StatusOr<Organization> {
        if (!refusal.ok()) return refusal;
        if (!organizations.contains(id)) {
          ++made["organization " + id];
          organizations[id].set_registration_id(id);
          organizations[id].set_organization_id("organization-of-" + id);
        }
        return organizations[id];
      });
  Give<Organization>(std::move(answer), std::move(done));
}

void FakePeers::WaitForRegistry(const std::string& verification_id,
                                const std::string& registry_id) {
  verification::v1::Lookup& lookup = *verifications.at(verification_id).add_lookups();
  lookup.set_registry_id(registry_id);
  lookup.set_outcome(verification::v1::LOOKUP_OUTCOME_UNAVAILABLE);
}

void FakePeers::Conclude(const std::string& verification_id) {
  Verification& verification = verifications.at(verification_id);
  verification.clear_lookups();
  verification.set_state(Verification::STATE_CONCLUDED);
  verification.set_result(verification::v1::VERIFICATION_RESULT_MATCH);
}

void FakePeers::Approve(const std::string& case_id) {
  cases.at(case_id).set_state(Case::STATE_APPROVED);
}

void FakePeers::Reject(const std::string& case_id) {
  Case& c = cases.at(case_id);
  c.set_state(Case::STATE_REJECTED);
  approval::v1::Decision& decision = *c.mutable_decision();
  decision.set_refusal_reason(approval::v1::REFUSAL_REASON_REPRESENTATIVE_MISMATCH);
  decision.mutable_refusal_text()->set_vi("Người đại diện không khớp.");
  decision.mutable_explanation()->set_vi("Hãy cập nhật đăng ký.");
  decision.mutable_decide_time()->set_seconds(1740970000);
}

void FakePeers::AskFor(const std::string& case_id, const std::vector<std::string>& fields) {
  Case& c = cases.at(case_id);
  c.set_state(Case::STATE_SUPPLEMENT_REQUESTED);
  c.mutable_supplement_request()->clear_items();
  for (const std::string& field : fields) {
    c.mutable_supplement_request()->add_items()->set_field(field);
  }
}

}  // namespace eid::org_registration::testing
