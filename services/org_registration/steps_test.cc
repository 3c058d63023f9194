// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/steps.h"

#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/identity/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/org_registration/testing/dossiers.h"

namespace eid::org_registration {
namespace {

using approval::v1::Case;
using identity::v1::Organization;
using v1::Registration;
using verification::v1::Verification;

const Moment kMoment{absl::FromUnixSeconds(1740967200)};

RegistrationRow RowIn(Registration::State state) {
  RegistrationRow row = Draft("r", "account", testing::ValidDossier(), kMoment);
  Submit(row, kMoment);
  row.mutable_registration()->set_file_code("G01.899-250303-0001");
  Enter(row, state, kMoment);
  return row;
}

Verification VerificationIn(Verification::State state, const RegistrationRow& row) {
  Verification verification;
  verification.set_verification_id("r.1");
  verification.set_dossier_digest(row.registration().dossier_digest());
  verification.set_state(state);
  return verification;
}

Case CaseIn(Case::State state, const RegistrationRow& row) {
  Case c;
  c.set_case_id("r");
  c.set_submission_number(1);
  c.set_dossier_digest(row.registration().dossier_digest());
  c.set_state(state);
  return c;
}

absl::Duration PauseOf(const RegistrationRow& row) {
  return FromTimestamp(row.due_time()) - kMoment.now;
}

TEST_CASE("which step is next, in every state") {
  const std::vector<std::pair<Registration::State, Step>> next = {
      {Registration::STATE_DRAFT, Step::kNone},
      {Registration::STATE_AWAITING_CONSENT, Step::kNone},
      {Registration::STATE_VERIFYING, Step::kEnsureVerification},
      {Registration::STATE_UNDER_REVIEW, Step::kEnsureCase},
      {Registration::STATE_SUPPLEMENT_REQUIRED, Step::kNone},
      {Registration::STATE_ISSUING, Step::kEnsureOrganization},
      {Registration::STATE_ISSUED, Step::kNone},
      {Registration::STATE_REJECTED, Step::kNone},
      {Registration::STATE_WITHDRAWN, Step::kNone},
      {Registration::STATE_EXPIRED, Step::kNone},
  };
  for (const auto& [state, step] : next) {
    INFO(Registration::State_Name(state));
    CHECK(NextStep(RowIn(state), kMoment.now) == step);
  }
}

TEST_CASE("a verification: not yet, then the authority's queue, and only then under review") {
  RegistrationRow row = RowIn(Registration::STATE_VERIFYING);
  CHECK_FALSE(Apply(VerificationIn(Verification::STATE_IN_PROGRESS, row), kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(PauseOf(row) == absl::Seconds(1));
  CHECK(Apply(VerificationIn(Verification::STATE_CONCLUDED, row), kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(row.registration().verification().state() == Verification::STATE_CONCLUDED);
  CHECK(PauseOf(row) == absl::ZeroDuration());
  CHECK(row.looks() == 0);
  REQUIRE(NextStep(row, kMoment.now) == Step::kEnsureCase);
  Apply(absl::StatusOr<Case>(absl::UnavailableError("")), kMoment, row);
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(Apply(CaseIn(Case::STATE_OPEN, row), kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_UNDER_REVIEW);
  CHECK(row.registration().last_problem().empty());
}

TEST_CASE("the pause doubles with each look, up to five minutes") {
  RegistrationRow row = RowIn(Registration::STATE_VERIFYING);
  std::vector<int64_t> pauses;
  for (int look = 0; look < 40; ++look) {
    Apply(VerificationIn(Verification::STATE_IN_PROGRESS, row), kMoment, row);
    pauses.push_back(absl::ToInt64Seconds(PauseOf(row)));
  }
  CHECK(std::vector<int64_t>(pauses.begin(), pauses.begin() + 11) ==
        std::vector<int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300});
  CHECK(pauses.back() == 300);
}

TEST_CASE("a registry that is away is told of") {
  RegistrationRow row = RowIn(Registration::STATE_VERIFYING);
  Verification verification = VerificationIn(Verification::STATE_IN_PROGRESS, row);
  for (const char* registry : {"population", "business", "population"}) {
    auto& lookup = *verification.add_lookups();
    lookup.set_registry_id(registry);
    lookup.set_outcome(verification::v1::LOOKUP_OUTCOME_UNAVAILABLE);
  }
  CHECK(Apply(verification, kMoment, row));
  CHECK(row.registration().last_problem() ==
        "Waits for a registry that cannot be reached now: business, population.");
  CHECK_FALSE(Apply(verification, kMoment, row));
}

TEST_CASE("another dossier's verification and another submission's case move nothing") {
  RegistrationRow row = RowIn(Registration::STATE_VERIFYING);
  Verification verification = VerificationIn(Verification::STATE_CONCLUDED, row);
  verification.set_dossier_digest("other");
  CHECK(Apply(verification, kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK_FALSE(row.registration().last_problem().empty());
  CHECK(PauseOf(row) == kLongestPause);

  row = RowIn(Registration::STATE_UNDER_REVIEW);
  Case c = CaseIn(Case::STATE_APPROVED, row);
  c.set_submission_number(2);
  CHECK(Apply(c, kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_UNDER_REVIEW);
}

TEST_CASE("a case: where each of its states leads") {
  const std::vector<std::pair<Case::State, Registration::State>> leads = {
      {Case::STATE_OPEN, Registration::STATE_UNDER_REVIEW},
      {Case::STATE_CLAIMED, Registration::STATE_UNDER_REVIEW},
      {Case::STATE_SUPPLEMENT_REQUESTED, Registration::STATE_SUPPLEMENT_REQUIRED},
      {Case::STATE_APPROVED, Registration::STATE_ISSUING},
      {Case::STATE_REJECTED, Registration::STATE_REJECTED},
      {Case::STATE_CLOSED, Registration::STATE_UNDER_REVIEW},
  };
  for (const auto& [from, to] : leads) {
    RegistrationRow row = RowIn(Registration::STATE_UNDER_REVIEW);
    INFO(Case::State_Name(from));
    Apply(CaseIn(from, row), kMoment, row);
    CHECK(row.registration().state() == to);
    CHECK(row.case_opened());
    CHECK((row.registration().last_problem() != "") == (from == Case::STATE_CLOSED));
  }
}

TEST_CASE("the statutory due time is the case's; a supplement request stops the clock") {
  RegistrationRow row = RowIn(Registration::STATE_UNDER_REVIEW);
  Case c = CaseIn(Case::STATE_OPEN, row);
  c.mutable_clock()->mutable_due_time()->set_seconds(1741300000);
  CHECK(Apply(c, kMoment, row));
  CHECK(row.registration().due_time().seconds() == 1741300000);
  CHECK_FALSE(Apply(c, kMoment, row));

  c.set_state(Case::STATE_SUPPLEMENT_REQUESTED);
  c.mutable_supplement_request()->add_items()->set_field("names");
  CHECK(Apply(c, kMoment, row));
  CHECK_FALSE(row.registration().has_due_time());
  CHECK(row.registration().supplement_request().items(0).field() == "names");
  CHECK(FromTimestamp(row.registration().supplement_request().expire_time()) ==
        kMoment.now + kMoment.periods.supplement);
}

TEST_CASE("a refusal is passed on with its reason in words") {
  RegistrationRow row = RowIn(Registration::STATE_UNDER_REVIEW);
  Case c = CaseIn(Case::STATE_REJECTED, row);
  c.mutable_decision()->set_refusal_reason(approval::v1::REFUSAL_REASON_REPRESENTATIVE_MISMATCH);
  c.mutable_decision()->mutable_refusal_text()->set_en("Does not match.");
  c.mutable_decision()->mutable_explanation()->set_vi("Giải thích");
  c.mutable_decision()->mutable_decide_time()->set_seconds(7);
  CHECK(Apply(c, kMoment, row));
  const v1::Refusal& refusal = row.registration().refusal();
  CHECK(refusal.reason() == "REPRESENTATIVE_MISMATCH");
  CHECK(refusal.text().en() == "Does not match.");
  CHECK(refusal.explanation().vi() == "Giải thích");
  CHECK(refusal.refuse_time().seconds() == 7);
  CHECK_FALSE(row.has_due_time());
}

TEST_CASE("an account: issued") {
  RegistrationRow row = RowIn(Registration::STATE_ISSUING);
  Organization organization;
  organization.set_registration_id("r");
  organization.set_organization_id("o");
  CHECK(Apply(organization, kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_ISSUED);
  CHECK(row.registration().organization_id() == "o");
  CHECK_FALSE(row.has_due_time());
}

TEST_CASE("a peer that is away is waited for; a refusal stays, is shown, and tried slowly") {
  RegistrationRow row = RowIn(Registration::STATE_ISSUING);
  CHECK(Apply(absl::StatusOr<Organization>(absl::UnavailableError("10.0.0.1 refused")), kMoment,
              row));
  CHECK(row.away() == PEER_IDENTITY);
  CHECK(PauseOf(row) == absl::Seconds(1));
  CHECK(row.registration().last_problem() ==
        "The identity service cannot be reached; it is asked again.");
  CHECK_FALSE(Apply(absl::StatusOr<Organization>(absl::DeadlineExceededError("")), kMoment, row));
  CHECK(PauseOf(row) == absl::Seconds(2));

  const absl::Status exists =
      Error(absl::StatusCode::kAlreadyExists, identity::v1::ERROR_REASON_ORGANIZATION_EXISTS,
            "secret details");
  CHECK(Apply(absl::StatusOr<Organization>(exists), kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_ISSUING);
  CHECK(row.registration().last_problem() ==
        "The identity service refused the step: ALREADY_EXISTS ORGANIZATION_EXISTS.");
  CHECK(row.away() == PEER_UNSPECIFIED);
  CHECK(PauseOf(row) == kLongestPause);
}

TEST_CASE("who represents the organization: each account once, an authorized person not") {
  RegistrationRow row = RowIn(Registration::STATE_ISSUING);
  const auto consent = [&](int index, const char* account_id) {
    dossier::v1::Consent& given = *row.mutable_registration()->add_consents();
    given.set_representative_index(index);
    given.set_account_id(account_id);
  };
  consent(0, "account-0");
  consent(1, "account-0");
  consent(2, "account");
  consent(3, "authorizer");
  using Ids = std::vector<std::string>;
  // A request takes the dossier with it.
  const auto asked = [&] {
    RegistrationRow one = row;
    return OrganizationRequest(one);
  };
  const auto named = [&] {
    const auto request = asked();
    return Ids(request.co_representative_account_ids().begin(),
               request.co_representative_account_ids().end());
  };
  // The applicant is the representative, and is named once.
  CHECK(asked().representative_account_id() == "account");
  CHECK(named() == Ids{"account-0", "authorizer"});

  row.mutable_registration()->mutable_dossier()->set_applicant_role(
      dossier::v1::APPLICANT_ROLE_AUTHORIZED_PERSON);
  consent(-1, "authorizer");
  CHECK(asked().representative_account_id() == "authorizer");
  CHECK(named() == Ids{"account-0", "account"});
  const auto consenting = CaseRequest(row).consenting_account_ids();
  CHECK(Ids(consenting.begin(), consenting.end()) == Ids{"account-0", "account", "authorizer"});
}

TEST_CASE("a request that a peer takes for wrong stays visible, look after look") {
  RegistrationRow row = RowIn(Registration::STATE_VERIFYING);
  const absl::Status refused =
      Error(absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_INVALID_REQUEST, "why");
  CHECK(Apply(absl::StatusOr<Verification>(refused), kMoment, row));
  CHECK_FALSE(Apply(absl::StatusOr<Verification>(refused), kMoment, row));
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(row.registration().last_problem() ==
        "The verification service refused the step: INVALID_ARGUMENT INVALID_REQUEST.");
  CHECK(PauseOf(row) == kLongestPause);
}

TEST_CASE("the due time is there as soon as the file is under review") {
  RegistrationRow row = RowIn(Registration::STATE_VERIFYING);
  Apply(VerificationIn(Verification::STATE_CONCLUDED, row), kMoment, row);
  for (const bool decided : {false, true}) {
    RegistrationRow reviewed = row;
    Case c = CaseIn(decided ? Case::STATE_APPROVED : Case::STATE_OPEN, row);
    c.mutable_clock()->mutable_due_time()->set_seconds(1741300000);
    if (decided) c.mutable_decision();
    CHECK(Apply(c, kMoment, reviewed));
    CHECK(reviewed.registration().state() == Registration::STATE_UNDER_REVIEW);
    CHECK(reviewed.registration().due_time().seconds() == 1741300000);
  }
}

TEST_CASE("closing: done, or there is no case; else again") {
  RegistrationRow open = RowIn(Registration::STATE_SUPPLEMENT_REQUIRED);
  open.set_case_opened(true);
  Enter(open, Registration::STATE_WITHDRAWN, kMoment);
  REQUIRE(NextStep(open, kMoment.now) == Step::kCloseCase);
  for (const absl::StatusOr<Case>& answer :
       {absl::StatusOr<Case>(Case()), absl::StatusOr<Case>(absl::NotFoundError(""))}) {
    RegistrationRow row = open;
    CHECK_FALSE(ApplyClosed(answer, kMoment, row));
    CHECK(NextStep(row, kMoment.now) == Step::kNone);
    CHECK_FALSE(row.has_due_time());
  }
  RegistrationRow row = open;
  ApplyClosed(absl::UnavailableError(""), kMoment, row);
  CHECK(NextStep(row, kMoment.now) == Step::kCloseCase);
}

TEST_CASE("what the peers are asked is named after the registration, and holds its dossier") {
  RegistrationRow row = RowIn(Registration::STATE_UNDER_REVIEW);
  row.mutable_registration()->add_consents()->set_account_id("account-1");
  *row.mutable_registration()->mutable_verification() =
      VerificationIn(Verification::STATE_CONCLUDED, row);
  const std::string dossier = row.registration().dossier().SerializeAsString();
  const std::string digest = row.registration().dossier_digest();
  RegistrationRow one = row;
  const auto verify = VerificationRequest(one);
  CHECK(verify.verification_id() == "r.1");
  CHECK(verify.registration_id() == "r");
  CHECK(verify.dossier_digest() == digest);
  CHECK(verify.dossier().SerializeAsString() == dossier);
  one = row;
  const auto open = CaseRequest(one);
  CHECK(open.case_id() == "r");
  CHECK(open.submission_number() == 1);
  CHECK(open.file_code() == "G01.899-250303-0001");
  CHECK(open.consenting_account_ids(0) == "account-1");
  CHECK(open.dossier_digest() == digest);
  CHECK(open.dossier().SerializeAsString() == dossier);
  CHECK(open.verification().state() == Verification::STATE_CONCLUDED);
  one = row;
  const auto grant = OrganizationRequest(one);
  CHECK(grant.registration_id() == "r");
  CHECK(grant.representative_account_id() == "account");
  CHECK(grant.co_representative_account_ids(0) == "account-1");
  CHECK(grant.dossier_digest() == digest);
  CHECK(grant.dossier().SerializeAsString() == dossier);
  CHECK(ClosingRequest(row).case_id() == "r");
}

}  // namespace
}  // namespace eid::org_registration
