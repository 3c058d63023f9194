// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/filing.h"

#include "absl/strings/match.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/org_registration/dossier.h"
#include "services/org_registration/saving.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using testing::Await;
using testing::Rename;
using testing::ValidDossier;
using testing::World;
using v1::Registration;

constexpr auto kEnterprise = dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.has_value()) return fields;
  for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  return fields;
}

TEST_CASE("a draft: stored in canonical form, owned by the applicant, timed") {
  World world;
  dossier::v1::Dossier dossier = ValidDossier();
  dossier.mutable_names()->set_vietnamese("  Công ty   TNHH Sao Mai ");
  const Registration registration = Value(world.Create(dossier));
  CHECK(registration.state() == Registration::STATE_DRAFT);
  CHECK(registration.dossier().names().vietnamese() == "Công ty TNHH Sao Mai");
  CHECK(registration.dossier_digest() == DigestOf(registration.dossier()));
  CHECK(registration.owner() == v1::OWNER_APPLICANT);
  CHECK(registration.has_timer());
  CHECK(registration.applicant_account_id() == "account-applicant");
  CHECK(registration.file_code().empty());
  CHECK_FALSE(registration.etag().empty());
  CHECK(Value(world.Get(world.applicant(), registration.registration_id())).SerializeAsString() ==
        registration.SerializeAsString());
}

TEST_CASE("a malformed draft: every violation, and nothing stored") {
  World world;
  dossier::v1::Dossier dossier;
  dossier.set_tax_code("123");
  dossier.mutable_contact()->set_phone("x");
  v1::CreateRegistrationRequest request;
  *request.mutable_dossier() = dossier;
  const absl::Status refused =
      Await<Registration>([&](auto reply) {
        world.filing->Create(world.applicant().CallOf("Create"), request, reply);
      }).status();
  CHECK(FieldsOf(refused) ==
        std::vector<std::string>{"request_id", "dossier.tax_code", "dossier.contact.phone"});
  CHECK(world.db->revision() == 0);
}

TEST_CASE("requests with nothing in them, and with too much") {
  World world;
  const std::string longer(65, 'x');
  v1::SupplementRegistrationRequest supplement;
  supplement.set_request_id(longer);
  supplement.set_etag(longer);
  CHECK(FieldsOf(world.Supplement(supplement).status()) ==
        std::vector<std::string>{"request_id", "registration_id", "etag"});
  v1::ConsentToRegistrationRequest consent;
  CHECK(FieldsOf(world.Consent(world.co_representative(0), consent).status()) ==
        std::vector<std::string>{"request_id", "registration_id", "dossier_digest", "signature",
                                 "public_key"});
  consent.set_dossier_digest("short");
  consent.set_signature("short");
  consent.set_public_key("none");
  CHECK(FieldsOf(world.Consent(world.co_representative(0), consent).status()).size() == 5);
  v1::UpdateRegistrationRequest update;
  update.set_registration_id(longer);
  update.mutable_update_mask()->add_paths("nothing");
  CHECK(FieldsOf(world.Update(update).status()) ==
        std::vector<std::string>{"registration_id", "update_mask.paths[0]"});
}

TEST_CASE("a repeated request has one effect and one answer") {
  World world;
  const Registration first = Value(world.Create(ValidDossier(), "same"));
  const Registration again = Value(world.Create(ValidDossier(), "same"));
  CHECK(again.SerializeAsString() == first.SerializeAsString());
  CHECK(HasReason(world.Create(ValidDossier(kEnterprise, 1), "same").status(),
                  policy::v1::COMMON_REASON_REQUEST_ID_REUSED));
  CHECK(Value(world.List(world.applicant(), {})).registrations_size() == 1);
}

TEST_CASE(
    "a repeated submission gets its first answer, although all has moved on and identity is away") {
  World world;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  const Registration first = Value(world.Submit(id, "same"));
  world.Run();
  world.people.away = true;
  const Registration again = Value(world.Submit(id, "same"));
  CHECK(again.SerializeAsString() == first.SerializeAsString());
  CHECK(world.Now(id).state() == Registration::STATE_UNDER_REVIEW);
  CHECK(world.people.calls == 1);
}

TEST_CASE("while identity is away a submission can be tried again, and nothing has changed") {
  World world;
  const Registration draft = Value(world.Create(ValidDossier()));
  world.people.away = true;
  const absl::Status refused = world.Submit(draft.registration_id(), "same").status();
  CHECK(refused.code() == absl::StatusCode::kUnavailable);
  CHECK(world.Now(draft.registration_id()).etag() == draft.etag());
  world.people.away = false;
  CHECK_OK(world.Submit(draft.registration_id(), "same"));
}

TEST_CASE("submission: the applicant's account is asked for anew each time") {
  World world;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  world.people.persons["account-applicant"].active = false;
  CHECK(HasReason(world.Submit(id).status(), v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE));
  world.people.persons["account-applicant"].active = true;
  CHECK_OK(world.Submit(id));
}

TEST_CASE("submission: complete, declared, by its version") {
  World world;
  dossier::v1::Dossier incomplete = ValidDossier();
  incomplete.mutable_contact()->clear_phone();
  incomplete.clear_establishment_date();
  const std::string id = Value(world.Create(incomplete)).registration_id();
  CHECK(FieldsOf(world.Submit(id).status()) ==
        std::vector<std::string>{"dossier.establishment_date", "dossier.contact.phone"});

  v1::SubmitRegistrationRequest request;
  request.set_registration_id(id);
  CHECK(FieldsOf(world.Submit(world.applicant(), request).status()) ==
        std::vector<std::string>{"declaration_accepted"});
  request.set_declaration_accepted(true);
  request.set_etag("0");
  CHECK(HasReason(world.Submit(world.applicant(), request).status(),
                  policy::v1::COMMON_REASON_ETAG_MISMATCH));
}

TEST_CASE("validate_only checks everything and changes nothing") {
  World world;
  v1::SubmitRegistrationRequest request;
  request.set_declaration_accepted(true);
  request.set_validate_only(true);
  const Registration draft = Value(world.Create(ValidDossier()));
  request.set_registration_id(draft.registration_id());
  const uint64_t revision = world.db->revision();
  const auto check = [&] {
    return Await<Registration>([&](auto reply) {
      world.filing->Submit(world.applicant().CallOf("Submit"), request, reply);
    });
  };
  CHECK(Value(check()).state() == Registration::STATE_DRAFT);
  world.people.persons["account-applicant"].active = false;
  CHECK(HasReason(check().status(), v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE));
  world.people.persons["account-applicant"].active = true;
  CHECK(world.db->revision() == revision);

  const Registration other = Value(world.Create(ValidDossier()));
  REQUIRE_OK(world.Submit(other.registration_id()));
  CHECK(HasReason(check().status(), v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED));
  request.set_registration_id(other.registration_id());
  CHECK(HasReason(check().status(), v1::ERROR_REASON_WRONG_STATE));
}

TEST_CASE("one complete registration of an organization at a time, whoever files") {
  World world;
  const std::string first = world.Bring(Registration::STATE_SUPPLEMENT_REQUIRED);
  const std::string second = Value(world.Create(ValidDossier())).registration_id();
  const absl::Status refused = world.Submit(second).status();
  CHECK(refused.code() == absl::StatusCode::kAlreadyExists);
  CHECK(HasReason(refused, v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED));
  CHECK_FALSE(absl::StrContains(refused.ToString(), first));

  SECTION("until it is withdrawn") {
    REQUIRE_OK(world.Withdraw(first));
    CHECK_OK(world.Submit(second));
  }
  SECTION("until it expires") {
    world.clock.Advance(absl::Hours(24 * 29));
    const Registration touched = Value(world.Update(Rename(world.Now(second), "Sao Mai Mới")));
    world.clock.Advance(absl::Hours(24 * 2));
    world.Run();
    CHECK(world.Now(first).state() == Registration::STATE_EXPIRED);
    CHECK_OK(world.Submit(touched.registration_id()));
  }
}

TEST_CASE("who waits for consents keeps nobody out, and is told when another was complete first") {
  World world;
  const std::string squatting = world.Bring(Registration::STATE_AWAITING_CONSENT);
  const std::string own = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(own));
  const Registration before = world.Now(squatting);
  const absl::Status refused = world.Consent(world.co_representative(0), squatting).status();
  CHECK(refused.code() == absl::StatusCode::kAlreadyExists);
  CHECK(HasReason(refused, v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED));
  CHECK(world.Now(squatting).SerializeAsString() == before.SerializeAsString());
  // A submission is told at once, though it would wait for consents.
  dossier::v1::Dossier again = ValidDossier(kEnterprise, 1);
  const std::string late = Value(world.Create(again)).registration_id();
  CHECK(HasReason(world.Submit(late).status(), v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED));
}

TEST_CASE("an organization is known by each of its identities") {
  World world;
  dossier::v1::Dossier both = ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY);
  both.set_tax_code(testing::kOtherTaxCode);
  REQUIRE_OK(world.Submit(Value(world.Create(both)).registration_id()));
  // The same agency, which leaves its tax code out.
  const dossier::v1::Dossier agency = ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY);
  CHECK(HasReason(world.Submit(Value(world.Create(agency)).registration_id()).status(),
                  v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED));
}

TEST_CASE("a person has so many registrations under way, and no more") {
  World world;
  std::string first;
  for (uint32_t i = 0; i < kMaxOpenRegistrations; ++i) {
    const std::string id = Value(world.Create({})).registration_id();
    if (first.empty()) first = id;
  }
  const absl::Status refused = world.Create({}).status();
  CHECK(refused.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(refused, v1::ERROR_REASON_TOO_MANY_REGISTRATIONS));
  CHECK_OK(world.Create(world.stranger(), {}));
  REQUIRE_OK(world.Withdraw(first));
  CHECK_OK(world.Create({}));
  CHECK_FALSE(world.Create({}).ok());
}

TEST_CASE("a refused organization may file anew, an issued one may not") {
  World world;
  const std::string rejected = world.Bring(Registration::STATE_REJECTED);
  CHECK(world.Now(rejected).refusal().reason() == "REPRESENTATIVE_MISMATCH");
  const std::string issued = world.Bring(Registration::STATE_ISSUED);
  CHECK(world.Now(issued).organization_id() == "organization-of-" + issued);
  const std::string third = Value(world.Create(ValidDossier())).registration_id();
  CHECK_FALSE(world.Submit(third).ok());
}

TEST_CASE("file codes: one serial for each unit and day in Viet Nam") {
  World world;
  const auto submit = [&](const char* tax_code) {
    dossier::v1::Dossier dossier = ValidDossier();
    dossier.set_tax_code(tax_code);
    dossier.set_business_code(tax_code);
    return Value(world.Submit(Value(world.Create(dossier)).registration_id())).file_code();
  };
  CHECK(submit("0100109106") == "G01.899-250303-0001");
  CHECK(submit("0312687878") == "G01.899-250303-0002");
  // 23:59 and 00:00 at UTC+7.
  world.clock.SetTime(absl::FromUnixSeconds(1741021199));
  CHECK(submit("0100233488") == "G01.899-250303-0003");
  world.clock.Advance(absl::Seconds(1));
  CHECK(submit("0100112437") == "G01.899-250304-0001");
}

TEST_CASE("file codes go on beyond the 9,999th of a day") {
  World world;
  REQUIRE_OK(world.db->TransactAndWait([](kv::Txn& txn) {
    FileCounterRow row;
    row.set_unit("G01.899");
    row.set_day(20250303);
    row.set_last_serial(9'999);
    return FileCounters().Put(txn, row);
  }));
  const std::string id = Value(world.Create(ValidDossier(kEnterprise, 1))).registration_id();
  CHECK(Value(world.Submit(id)).file_code() == "G01.899-250303-10000");
  // It keeps its code when it is submitted anew, and gives none back.
  REQUIRE_OK(world.Update(Rename(world.Now(id), "Khác")));
  CHECK(Value(world.Submit(id)).file_code() == "G01.899-250303-10000");
  // None left: try tomorrow.
  REQUIRE_OK(world.db->TransactAndWait([](kv::Txn& txn) {
    FileCounterRow row;
    row.set_unit("G01.899");
    row.set_day(20250303);
    row.set_last_serial(999'999);
    return FileCounters().Put(txn, row);
  }));
  dossier::v1::Dossier other = ValidDossier();
  other.set_tax_code(testing::kOtherTaxCode);
  other.set_business_code(testing::kOtherTaxCode);
  const std::string last = Value(world.Create(other)).registration_id();
  CHECK(HasReason(world.Submit(last).status(), policy::v1::COMMON_REASON_OVERLOADED));
}

TEST_CASE("withdrawing: again changes nothing, too late is refused") {
  World world;
  const std::string draft = world.Bring(Registration::STATE_DRAFT);
  const Registration withdrawn = Value(world.Withdraw(draft));
  CHECK(withdrawn.state() == Registration::STATE_WITHDRAWN);
  CHECK_FALSE(withdrawn.has_timer());
  CHECK(Value(world.Withdraw(draft)).etag() == withdrawn.etag());
  const std::string reviewed = world.Bring(Registration::STATE_UNDER_REVIEW);
  CHECK(HasReason(world.Withdraw(reviewed).status(), v1::ERROR_REASON_WRONG_STATE));
}

TEST_CASE("what is somebody else's is not there, for any verb") {
  World world;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  const rpc::Call stranger = world.stranger().CallOf("Any");
  const auto refused = [](const absl::StatusOr<Registration>& answer) {
    CHECK(answer.status().code() == absl::StatusCode::kNotFound);
    CHECK(HasReason(answer.status(), v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
  };
  for (const std::string& target : {id, std::string("no-such")}) {
    v1::UpdateRegistrationRequest update = Rename(Registration(), "Khác");
    update.set_registration_id(target);
    update.set_request_id("u" + target);
    refused(Await<Registration>([&](auto r) { world.filing->Update(stranger, update, r); }));
    v1::SubmitRegistrationRequest submit;
    submit.set_registration_id(target);
    submit.set_request_id("s" + target);
    submit.set_declaration_accepted(true);
    refused(Await<Registration>([&](auto r) { world.filing->Submit(stranger, submit, r); }));
    submit.set_validate_only(true);
    refused(Await<Registration>([&](auto r) { world.filing->Submit(stranger, submit, r); }));
    v1::SupplementRegistrationRequest supplement;
    supplement.set_registration_id(target);
    supplement.set_request_id("p" + target);
    supplement.mutable_update_mask()->add_paths("names");
    refused(
        Await<Registration>([&](auto r) { world.filing->Supplement(stranger, supplement, r); }));
    v1::WithdrawRegistrationRequest withdraw;
    withdraw.set_registration_id(target);
    withdraw.set_request_id("w" + target);
    refused(Await<Registration>([&](auto r) { world.filing->Withdraw(stranger, withdraw, r); }));
    refused(world.Get(world.stranger(), target));
  }
}

}  // namespace
}  // namespace eid::org_registration
