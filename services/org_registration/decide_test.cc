// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/decide.h"

#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/dossier.h"
#include "services/org_registration/steps.h"
#include "services/org_registration/store.h"
#include "services/org_registration/testing/dossiers.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using google::protobuf::FieldMask;
using testing::ValidDossier;
using v1::Registration;

const Moment kMoment{absl::FromUnixSeconds(1740967200)};

constexpr Registration::State kStates[] = {
    Registration::STATE_DRAFT,     Registration::STATE_AWAITING_CONSENT,
    Registration::STATE_VERIFYING, Registration::STATE_UNDER_REVIEW,
    Registration::STATE_ISSUING,   Registration::STATE_SUPPLEMENT_REQUIRED,
    Registration::STATE_ISSUED,    Registration::STATE_REJECTED,
    Registration::STATE_WITHDRAWN, Registration::STATE_EXPIRED,
};
constexpr Verb kVerbs[] = {Verb::kUpdate, Verb::kSubmit, Verb::kConsent, Verb::kSupplement,
                           Verb::kWithdraw};

RegistrationRow RowIn(Registration::State state, int co_representatives = 1) {
  RegistrationRow row = Draft(
      "r", "account",
      ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, co_representatives), kMoment);
  if (state == Registration::STATE_SUPPLEMENT_REQUIRED) {
    row.set_case_opened(true);
    row.mutable_supplement()->add_items()->set_field("names.vietnamese");
  }
  if (state != Registration::STATE_DRAFT) row.mutable_registration()->set_submission_number(1);
  Enter(row, state, kMoment);
  if (row.has_supplement()) *row.mutable_supplement()->mutable_expire_time() = row.due_time();
  return row;
}

// Answers a supplement request as an applicant whom nobody doubts.
absl::Status Answer(RegistrationRow& row, const FieldMask& mask, const dossier::v1::Dossier& values,
                    const Moment& moment) {
  ASSIGN_OR_RETURN(dossier::v1::Dossier dossier, Supplemented(row, mask, values, moment));
  Supplement(row, std::move(dossier), moment);
  return absl::OkStatus();
}

FieldMask Mask(std::vector<std::string> paths) {
  FieldMask mask;
  for (std::string& path : paths) mask.add_paths(std::move(path));
  return mask;
}

dossier::v1::Dossier Named(const std::string& name) {
  dossier::v1::Dossier dossier;
  dossier.mutable_names()->set_vietnamese(name);
  return dossier;
}

dossier::v1::Consent ConsentOf(const RegistrationRow& row, int index) {
  dossier::v1::Consent consent;
  consent.set_representative_index(index);
  consent.set_dossier_digest(row.registration().dossier_digest());
  return consent;
}

// What each verb does to a row, for the table.
absl::Status Do(Verb verb, RegistrationRow& row) {
  switch (verb) {
    case Verb::kUpdate:
      return Update(row, Mask({"names.vietnamese"}), Named("Tên mới"), kMoment).status();
    case Verb::kSubmit: {
      RETURN_IF_ERROR(CheckSubmission(row.registration(), kMoment));
      Submit(row, kMoment);
      return absl::OkStatus();
    }
    case Verb::kConsent: return Consent(row, ConsentOf(row, 0), kMoment).status();
    case Verb::kSupplement:
      return Answer(row, Mask({"names.vietnamese"}), Named("Tên mới"), kMoment);
    case Verb::kWithdraw: return Withdraw(row, kMoment).status();
  }
  return absl::InternalError("no such verb");
}

TEST_CASE("every state and every verb") {
  using S = Registration;
  // Where a verb leads; STATE_UNSPECIFIED: WRONG_STATE.
  const std::map<std::pair<Registration::State, Verb>, Registration::State> allowed = {
      {{S::STATE_DRAFT, Verb::kUpdate}, S::STATE_DRAFT},
      {{S::STATE_DRAFT, Verb::kSubmit}, S::STATE_AWAITING_CONSENT},
      {{S::STATE_DRAFT, Verb::kWithdraw}, S::STATE_WITHDRAWN},
      {{S::STATE_AWAITING_CONSENT, Verb::kUpdate}, S::STATE_DRAFT},
      {{S::STATE_AWAITING_CONSENT, Verb::kConsent}, S::STATE_VERIFYING},
      {{S::STATE_AWAITING_CONSENT, Verb::kWithdraw}, S::STATE_WITHDRAWN},
      {{S::STATE_SUPPLEMENT_REQUIRED, Verb::kSupplement}, S::STATE_AWAITING_CONSENT},
      {{S::STATE_SUPPLEMENT_REQUIRED, Verb::kWithdraw}, S::STATE_WITHDRAWN},
      // Again; nothing changes.
      {{S::STATE_WITHDRAWN, Verb::kWithdraw}, S::STATE_WITHDRAWN},
  };
  for (const Registration::State state : kStates) {
    for (const Verb verb : kVerbs) {
      RegistrationRow row = RowIn(state);
      const RegistrationRow before = row;
      const absl::Status done = Do(verb, row);
      INFO(Registration::State_Name(state) << " verb " << static_cast<int>(verb));
      const auto leads_to = allowed.find({state, verb});
      if (leads_to != allowed.end()) {
        REQUIRE_OK(done);
        CHECK(row.registration().state() == leads_to->second);
        continue;
      }
      CHECK(HasReason(done, v1::ERROR_REASON_WRONG_STATE));
      CHECK(done.code() == absl::StatusCode::kFailedPrecondition);
      CHECK(row.SerializeAsString() == before.SerializeAsString());
      CHECK(DetailOf<google::rpc::ErrorInfo>(done)->metadata().contains("allowed"));
      CHECK(DetailOf<google::rpc::PreconditionFailure>(done).has_value());
    }
  }
}

TEST_CASE("every open state has one owner, a legal action and a timer; a final one has none") {
  for (const Registration::State state : kStates) {
    RegistrationRow row = RowIn(state);
    INFO(Registration::State_Name(state));
    const Registration view = ViewOf(row);
    bool people_may = false;
    for (const Verb verb : kVerbs) people_may = people_may || Allows(state, verb);
    const absl::Time timer = FromTimestamp(row.due_time());
    CHECK(IsFinal(state) == (view.owner() == v1::OWNER_UNSPECIFIED));
    CHECK(IsFinal(state) != view.has_timer());
    if (IsFinal(state)) {
      CHECK_FALSE(people_may);
      CHECK(NextStep(row, timer) == Step::kNone);
      continue;
    }
    // People wait for the workflow or it for them, never both for each other.
    CHECK(people_may == (NextStep(row, timer) == Step::kExpire));
    CHECK(people_may == (NextStep(row, timer - absl::Nanoseconds(1)) == Step::kNone));
    CHECK(NextStep(row, timer) != Step::kNone);
  }
}

TEST_CASE("with no co-representative a submission goes on at once, and the file is complete") {
  RegistrationRow row = RowIn(Registration::STATE_DRAFT, 0);
  Submit(row, kMoment);
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(row.registration().submission_number() == 1);
  CHECK(FromTimestamp(row.registration().receive_time()) == kMoment.now);
}

TEST_CASE("the last consent completes the file; a repeated one changes nothing") {
  RegistrationRow row = RowIn(Registration::STATE_DRAFT, 2);
  Submit(row, kMoment);
  CHECK(Value(Consent(row, ConsentOf(row, 1), kMoment)));
  CHECK_FALSE(Value(Consent(row, ConsentOf(row, 1), kMoment)));
  CHECK(row.registration().state() == Registration::STATE_AWAITING_CONSENT);
  CHECK_FALSE(row.registration().has_receive_time());
  const Moment later{kMoment.now + absl::Hours(5)};
  CHECK(Value(Consent(row, ConsentOf(row, 0), later)));
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(FromTimestamp(row.registration().receive_time()) == later.now);
  CHECK_FALSE(Value(Consent(row, ConsentOf(row, 0), later)));
}

TEST_CASE("an edit voids the consents, and nobody consents to what was") {
  RegistrationRow row = RowIn(Registration::STATE_DRAFT, 2);
  Submit(row, kMoment);
  const dossier::v1::Consent old = ConsentOf(row, 1);
  REQUIRE_OK(Consent(row, ConsentOf(row, 0), kMoment));
  REQUIRE(Value(Update(row, Mask({"names"}), Named("Công ty Sao Hôm"), kMoment)));
  CHECK(row.registration().state() == Registration::STATE_DRAFT);
  CHECK(row.registration().consents().empty());
  CHECK(row.registration().submission_number() == 0);
  Submit(row, kMoment);
  CHECK(row.registration().submission_number() == 1);
  CHECK(HasReason(Consent(row, old, kMoment).status(), v1::ERROR_REASON_DOSSIER_CHANGED));
}

TEST_CASE("an edit that changes nothing leaves the consents alone") {
  RegistrationRow row = RowIn(Registration::STATE_DRAFT, 2);
  Submit(row, kMoment);
  REQUIRE_OK(Consent(row, ConsentOf(row, 0), kMoment));
  CHECK_FALSE(Value(Update(row, Mask({"names.vietnamese"}),
                           Named(row.registration().dossier().names().vietnamese()), kMoment)));
  CHECK(row.registration().state() == Registration::STATE_AWAITING_CONSENT);
  CHECK(row.registration().consents_size() == 1);
}

TEST_CASE("who may file") {
  const Person representative{"account", testing::kApplicantId, true, 2};
  const Person other{"account", "001092000001", true, 2};
  const dossier::v1::Dossier dossier = ValidDossier();
  CHECK_OK(CheckApplicant(dossier, representative));
  CHECK(HasReason(CheckApplicant(dossier, other), v1::ERROR_REASON_APPLICANT_NOT_REPRESENTATIVE));
  CHECK_OK(CheckApplicant(testing::AuthorizedDossier(), other));
  for (const Person& unfit :
       {Person{"account", testing::kApplicantId, false, 2}, Person{"account", "1", true, 1}}) {
    CHECK(HasReason(CheckApplicant(dossier, unfit), v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE));
  }
}

TEST_CASE("a supplement may change what was asked for, and nothing else") {
  RegistrationRow row = RowIn(Registration::STATE_SUPPLEMENT_REQUIRED, 0);
  const RegistrationRow before = row;
  dossier::v1::Dossier values = Named("Công ty Sao Hôm");
  values.mutable_names()->set_foreign("Venus");
  values.mutable_contact()->set_phone("+84987654321");

  for (const std::vector<std::string>& paths : {std::vector<std::string>{"names"},
                                                {"names.foreign"},
                                                {"names.vietnamese", "contact.phone"},
                                                {"*"}}) {
    const absl::Status refused = Answer(row, Mask(paths), values, kMoment);
    CHECK(HasReason(refused, policy::v1::COMMON_REASON_INVALID_REQUEST));
    CHECK(DetailOf<google::rpc::BadRequest>(refused)->field_violations(0).reason() ==
          "NOT_ALLOWED");
    CHECK(row.SerializeAsString() == before.SerializeAsString());
  }
  REQUIRE_OK(Answer(row, Mask({"names.vietnamese"}), values, kMoment));
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(row.registration().submission_number() == 2);
  CHECK(row.registration().dossier().names().vietnamese() == "Công ty Sao Hôm");
  CHECK(row.registration().dossier().names().foreign().empty());
  CHECK_FALSE(row.registration().has_supplement_request());
}

TEST_CASE("a supplement must be complete") {
  RegistrationRow row = RowIn(Registration::STATE_SUPPLEMENT_REQUIRED, 0);
  const absl::Status refused = Answer(row, Mask({"names.vietnamese"}), {}, kMoment);
  CHECK(DetailOf<google::rpc::BadRequest>(refused)->field_violations(0).field() ==
        "dossier.names.vietnamese");
}

TEST_CASE("a supplement may leave all as it is; the consents to it stand") {
  const FieldMask mask = GENERATE(Mask({}), Mask({"names.vietnamese"}), Mask({"*"}));
  RegistrationRow row = RowIn(Registration::STATE_SUPPLEMENT_REQUIRED, 1);
  *row.mutable_registration()->add_consents() = ConsentOf(row, 0);
  dossier::v1::Dossier values = row.registration().dossier();
  // Nothing in the mask: nothing is taken.
  if (mask.paths().empty()) values = Named("Sao Hôm");
  REQUIRE_OK(Answer(row, mask, values, kMoment));
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(row.registration().submission_number() == 2);
  CHECK(row.registration().consents_size() == 1);
  CHECK(row.registration().dossier().names().vietnamese() == "Công ty TNHH Sao Mai");
}

TEST_CASE("an edit while the supplement awaits consent goes back to the supplement") {
  RegistrationRow row = RowIn(Registration::STATE_SUPPLEMENT_REQUIRED, 1);
  const absl::Time expire = FromTimestamp(row.due_time());
  const Moment answered{kMoment.now + absl::Hours(24 * 20)};
  REQUIRE_OK(Answer(row, Mask({"names.vietnamese"}), Named("Sao Hôm"), answered));
  REQUIRE(row.registration().state() == Registration::STATE_AWAITING_CONSENT);
  CHECK(row.registration().submission_number() == 2);

  // Only what was asked for, here too.
  CHECK(HasReason(Update(row, Mask({"tax_code"}), ValidDossier(), kMoment).status(),
                  policy::v1::COMMON_REASON_INVALID_REQUEST));
  // And only while the supplement's own time lasts, which no edit prolongs.
  const Moment late{expire};
  CHECK(HasReason(Update(row, Mask({"names.vietnamese"}), Named("Sao Kim"), late).status(),
                  v1::ERROR_REASON_WRONG_STATE));
  const Moment later{expire - absl::Seconds(1)};
  REQUIRE(Value(Update(row, Mask({"names.vietnamese"}), Named("Sao Kim"), later)));
  CHECK(row.registration().state() == Registration::STATE_SUPPLEMENT_REQUIRED);
  CHECK(row.registration().submission_number() == 1);
  CHECK(row.registration().supplement_request().items_size() == 1);
  CHECK(FromTimestamp(row.registration().supplement_request().expire_time()) == expire);
  CHECK(FromTimestamp(row.due_time()) == expire);

  REQUIRE_OK(Answer(row, Mask({}), {}, later));
  CHECK(row.registration().submission_number() == 2);
  CHECK(row.registration().dossier().names().vietnamese() == "Sao Kim");
}

TEST_CASE("withdrawing a supplement leaves the authority's case to be closed") {
  RegistrationRow row = RowIn(Registration::STATE_SUPPLEMENT_REQUIRED);
  REQUIRE(Value(Withdraw(row, kMoment)));
  CHECK(row.close_case_pending());
  CHECK(NextStep(row, kMoment.now) == Step::kCloseCase);
  CHECK_FALSE(ViewOf(row).has_timer());
  CHECK_FALSE(row.registration().has_supplement_request());

  RegistrationRow draft = RowIn(Registration::STATE_DRAFT);
  REQUIRE(Value(Withdraw(draft, kMoment)));
  CHECK_FALSE(draft.has_due_time());
}

TEST_CASE("etag: the version that is meant, or whichever it is") {
  RegistrationRow row;
  row.set_revision(17);
  CHECK_OK(CheckEtag(row, ""));
  CHECK_OK(CheckEtag(row, "17"));
  const absl::Status other = CheckEtag(row, "16");
  CHECK(other.code() == absl::StatusCode::kAborted);
  CHECK(HasReason(other, policy::v1::COMMON_REASON_ETAG_MISMATCH));
}

TEST_CASE("an organization is held from the complete file on, until it comes to nothing") {
  RegistrationRow row = RowIn(Registration::STATE_DRAFT, 1);
  CHECK(row.organization_keys().empty());
  Submit(row, kMoment);
  CHECK(row.organization_keys().empty());
  REQUIRE_OK(Consent(row, ConsentOf(row, 0), kMoment));
  CHECK(row.organization_keys_size() == 1);
  // Every identity that is declared.
  RegistrationRow agency = RowIn(Registration::STATE_DRAFT, 0);
  agency.mutable_registration()->mutable_dossier()->set_agency_code("G01.899");
  agency.mutable_registration()->mutable_dossier()->set_establishment_decision("12/QĐ-UBND");
  Submit(agency, kMoment);
  CHECK(agency.organization_keys_size() == 3);
  for (const Registration::State state : kStates) {
    RegistrationRow held = row;
    Enter(held, state, kMoment);
    INFO(Registration::State_Name(state));
    const bool nothing = state == Registration::STATE_REJECTED ||
                         state == Registration::STATE_WITHDRAWN ||
                         state == Registration::STATE_EXPIRED;
    CHECK(held.organization_keys().empty() == nothing);
  }
}

TEST_CASE("who must consent") {
  const dossier::v1::Dossier own = ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, 2);
  CHECK(ConsenterIndex(own, testing::CoRepresentativeId(1)) == 1);
  CHECK(ConsenterIndex(own, testing::kApplicantId) == std::nullopt);

  // An authorized person who is a co-representative too: consents as everybody else does.
  RegistrationRow row = RowIn(Registration::STATE_DRAFT, 0);
  dossier::v1::Dossier& dossier = *row.mutable_registration()->mutable_dossier();
  dossier = testing::AuthorizedDossier(2);
  dossier.mutable_co_representatives(1)->set_personal_id(testing::kApplicantId);
  const std::string authorizer = testing::CoRepresentativeId(testing::kAuthorizer);
  CHECK(ConsenterIndex(dossier, authorizer) == kRepresentative);
  CHECK(ConsenterIndex(dossier, testing::kApplicantId) == 1);
  Submit(row, kMoment);
  using Ids = std::vector<std::string>;
  CHECK(MissingConsents(row.registration()) ==
        Ids{authorizer, testing::CoRepresentativeId(0), testing::kApplicantId});

  const std::vector<std::pair<int, const char*>> given = {
      {1, "account"}, {kRepresentative, "authorizer"}, {0, "account-0"}};
  for (const auto& [index, account_id] : given) {
    CHECK(row.registration().state() == Registration::STATE_AWAITING_CONSENT);
    dossier::v1::Consent consent = ConsentOf(row, index);
    consent.set_account_id(account_id);
    REQUIRE_OK(Consent(row, consent, kMoment));
  }
  CHECK(row.registration().state() == Registration::STATE_VERIFYING);
  CHECK(RepresentativeAccount(row.registration()) == "authorizer");
  CHECK(CoRepresentativeAccounts(row.registration()) == Ids{"account", "account-0"});
  CHECK(ConsentingAccounts(row.registration()) == Ids{"account", "authorizer", "account-0"});
}

}  // namespace
}  // namespace eid::org_registration
