// SPDX-License-Identifier: Apache-2.0
#include "services/identity/lifecycle.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/steps.h"
#include "services/verification/lookups.h"
#include "services/verification/progress.h"
#include "services/verification/verdicts.h"
#include "tests/fuzz/memory_txn.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

using org_registration::Moment;
using org_registration::RegistrationRow;
using org_registration::v1::Registration;

// A registration that waits for its peers in this state.
RegistrationRow Waiting(Registration::State state) {
  RegistrationRow row;
  FillWithSamples(row);
  row.clear_supplement();
  Registration& registration = *row.mutable_registration();
  registration.set_state(state);
  registration.set_submission_number(1);
  return row;
}

// An answer about this registration, or about whatever it says it is: both must be borne.
template <class Answer, class Fit>
void Apply(Registration::State state, const Answer& answer, Fit fit) {
  Answer fitting = answer;
  RegistrationRow row = Waiting(state);
  fit(row.registration(), fitting);
  for (const Answer& given : {answer, fitting}) {
    RegistrationRow applied = row;
    InTime([&] { org_registration::Apply(absl::StatusOr<Answer>(given), {.now = kNow}, applied); });
    (void)org_registration::NextStep(applied, kNow);
    Require(applied.registration().last_problem().size() < 4000, "a problem is told in short");
  }
}

// An answer of a registry, from the question that it claims to answer to the verdicts.
void Judge(const absl::StatusOr<verification::Answer>& answer, const char* subject) {
  if (!answer.ok()) return;
  verification::VerificationRow row;
  FillWithSamples(row);
  row.mutable_verification()->set_state(verification::v1::Verification::STATE_IN_PROGRESS);
  row.mutable_verification()->mutable_lookups(0)->set_subject(subject);
  row.mutable_lookups(0)->Clear();
  Require(verification::TakeAnswer(0, *answer, kNow, row), "an open look-up takes its answer");
  Require(row.verification().state() == verification::v1::Verification::STATE_CONCLUDED,
          "the last answer concludes");
}

void JudgePersonAnswer(const registry::v1::LookupPersonResponse& response) {
  registry::v1::LookupPersonRequest request;
  request.set_personal_id(response.person().personal_id());
  InTime([&] { Judge(verification::CheckAnswer(request, response), "representative"); });
}

void JudgeOrganizationAnswer(const registry::v1::LookupOrganizationResponse& response) {
  registry::v1::LookupOrganizationRequest request;
  request.set_tax_code(response.organization().tax_code());
  request.set_agency_code(response.organization().agency_code());
  request.set_establishment_decision(response.organization().establishment_decision());
  request.set_vietnamese_name(response.organization().names().vietnamese());
  InTime([&] {
    Judge(verification::CheckAnswer(request, response),
          std::string(verification::kOrganizationSubject).c_str());
  });
}

}  // namespace

Target Answers() {
  std::vector<MessageEntry> entries;
  entries.push_back(EntryOf<registry::v1::LookupPersonResponse>(JudgePersonAnswer));
  entries.push_back(EntryOf<registry::v1::LookupOrganizationResponse>(JudgeOrganizationAnswer));
  entries.push_back(EntryOf<verification::v1::CheckPersonResponse>(
      [](const auto& answer) { (void)identity::JudgePerson(answer); }));
  entries.push_back(EntryOf<verification::v1::Verification>([](const auto& answer) {
    Apply(Registration::STATE_VERIFYING, answer, [](const Registration& of, auto& fitting) {
      fitting.set_verification_id(org_registration::VerificationId(of));
      fitting.set_dossier_digest(of.dossier_digest());
    });
  }));
  entries.push_back(EntryOf<approval::v1::Case>([](const auto& answer) {
    for (const auto state : {Registration::STATE_VERIFYING, Registration::STATE_UNDER_REVIEW}) {
      Apply(state, answer, [](const Registration& of, auto& fitting) {
        fitting.set_submission_number(of.submission_number());
        fitting.set_dossier_digest(of.dossier_digest());
      });
    }
  }));
  entries.push_back(EntryOf<identity::v1::Organization>([](const auto& answer) {
    Apply(Registration::STATE_ISSUING, answer, [](const Registration& of, auto& fitting) {
      fitting.set_registration_id(of.registration_id());
    });
  }));
  return MessageTarget("answers", std::move(entries));
}

}  // namespace eid::fuzz
