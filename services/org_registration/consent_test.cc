// SPDX-License-Identifier: Apache-2.0
// Consents and supplements: the ways in which more than one person, or more than one round, is
// needed.
#include <future>

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using testing::Await;
using testing::Holder;
using testing::Rename;
using testing::ValidDossier;
using testing::World;
using v1::Registration;

constexpr auto kEnterprise = dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE;

TEST_CASE("consent: by the co-representative's bound device, over the dossier as it stands") {
  World world;
  const Holder& person = world.co_representative(0);
  const std::string id = Value(world.Create(ValidDossier(kEnterprise, 2))).registration_id();
  const Registration submitted = Value(world.Submit(id));
  CHECK(submitted.owner() == v1::OWNER_CO_REPRESENTATIVES);

  v1::ConsentToRegistrationRequest request = world.ConsentRequest(person, submitted);
  SECTION("another key") {
    const Holder thief{person.account_id, person.personal_id};
    request = world.ConsentRequest(thief, submitted);
    CHECK(HasReason(world.Consent(person, request).status(), v1::ERROR_REASON_SIGNATURE_INVALID));
  }
  SECTION("another registration") {
    request.set_registration_id(id + "x");
    CHECK(HasReason(world.Consent(person, request).status(), v1::ERROR_REASON_SIGNATURE_INVALID));
  }
  SECTION("no device") {
    const rpc::Call call = rpc::testing::WithClaims(
        person.CallOf("Consent"), [](auto& claims) { claims.clear_device_key(); });
    const auto refused =
        Await<Registration>([&](auto reply) { world.filing->Consent(call, request, reply); });
    CHECK(HasReason(refused.status(), v1::ERROR_REASON_DEVICE_NOT_BOUND));
  }
  SECTION("a stranger") {
    request = world.ConsentRequest(world.stranger(), submitted);
    CHECK(HasReason(world.Consent(world.stranger(), request).status(),
                    v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
  }
  SECTION("the applicant") {
    request = world.ConsentRequest(world.applicant(), submitted);
    CHECK(HasReason(world.Consent(world.applicant(), request).status(),
                    policy::v1::COMMON_REASON_PERMISSION_DENIED));
  }
  SECTION("an earlier dossier") {
    REQUIRE_OK(world.Update(Rename(submitted, "Công ty Sao Hôm")));
    // In draft again, it is nobody else's business.
    CHECK(HasReason(world.Consent(person, request).status(),
                    v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
    REQUIRE_OK(world.Submit(id));
    CHECK(HasReason(world.Consent(person, request).status(), v1::ERROR_REASON_DOSSIER_CHANGED));
  }
  SECTION("all is well") {
    const Registration consented = Value(world.Consent(person, request));
    REQUIRE(consented.consents_size() == 1);
    CHECK(consented.consents(0).account_id() == "account-0");
    CHECK(consented.consents(0).representative_index() == 0);
    CHECK(consented.consents(0).has_consent_time());
    // Again, with another request_id, and with the same one while identity is away.
    request.set_request_id("other");
    CHECK(Value(world.Consent(person, request)).etag() == consented.etag());
    world.Restart();
    world.people.away = true;
    CHECK(Value(world.Consent(person, request)).etag() == consented.etag());
  }
  CHECK(world.Now(id).state() == Registration::STATE_AWAITING_CONSENT);
}

TEST_CASE("racing consents: all count, one completes the file") {
  World world;
  constexpr int kPeople = 8;
  const std::string id = Value(world.Create(ValidDossier(kEnterprise, kPeople))).registration_id();
  const Registration submitted = Value(world.Submit(id));
  std::vector<std::promise<absl::StatusOr<Registration>>> answers(kPeople * 2);
  for (int i = 0; i < kPeople * 2; ++i) {
    // Each twice.
    const Holder& person = world.co_representative(i % kPeople);
    world.filing->Consent(person.CallOf("Consent"), world.ConsentRequest(person, submitted),
                          Filing::Reply([&, i](absl::StatusOr<Registration> answer) {
                            answers[i].set_value(std::move(answer));
                          }));
  }
  int completed = 0;
  for (auto& answer : answers) {
    const Registration registration = Value(answer.get_future().get());
    if (registration.state() == Registration::STATE_VERIFYING &&
        registration.consents_size() == kPeople) {
      ++completed;
    }
  }
  CHECK(completed >= 1);
  const Registration now = world.Now(id);
  CHECK(now.state() == Registration::STATE_VERIFYING);
  CHECK(now.consents_size() == kPeople);
  CHECK(now.has_receive_time());
}

TEST_CASE("a supplement goes round: asked, answered, consented to, verified again") {
  World world;
  const std::string id = Value(world.Create(ValidDossier(kEnterprise, 1))).registration_id();
  REQUIRE_OK(world.Submit(id));
  REQUIRE_OK(world.Consent(world.co_representative(0), id));
  world.Run();
  world.peers.AskFor(id, {"head_office"});
  world.workflow->Nudge(id);
  world.Run();
  const Registration asked = world.Now(id);
  REQUIRE(asked.state() == Registration::STATE_SUPPLEMENT_REQUIRED);
  CHECK(asked.owner() == v1::OWNER_APPLICANT);
  CHECK_FALSE(asked.has_due_time());

  world.clock.Advance(absl::Hours(24));
  v1::SupplementRegistrationRequest request;
  request.set_registration_id(id);
  request.mutable_dossier()->mutable_head_office()->set_street("14 Lý Thường Kiệt");
  request.mutable_update_mask()->add_paths("head_office.street");
  request.set_etag(asked.etag());
  const Registration answered = Value(world.Supplement(request));
  CHECK(answered.state() == Registration::STATE_AWAITING_CONSENT);
  CHECK(answered.submission_number() == 2);
  CHECK(answered.consents().empty());
  CHECK_FALSE(answered.has_receive_time());
  CHECK_FALSE(answered.has_verification());

  const Registration complete = Value(world.Consent(world.co_representative(0), id));
  CHECK(complete.state() == Registration::STATE_VERIFYING);
  CHECK(complete.receive_time().seconds() > asked.receive_time().seconds());
  world.Run();
  CHECK(world.Now(id).verification().verification_id() == id + ".2");
  CHECK(world.peers.cases[id].submission_number() == 2);
  world.peers.Approve(id);
  world.workflow->Nudge(id);
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
}

v1::SupplementRegistrationRequest Answer(const std::string& id) {
  v1::SupplementRegistrationRequest request;
  request.set_registration_id(id);
  return request;
}

TEST_CASE("a supplement is checked for who files, as a submission is") {
  World world;
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(id));
  world.Run();
  world.peers.AskFor(id, {"representative"});
  world.workflow->Nudge(id);
  world.Run();
  const Registration asked = world.Now(id);
  REQUIRE(asked.state() == Registration::STATE_SUPPLEMENT_REQUIRED);
  v1::SupplementRegistrationRequest request = Answer(id);
  request.set_request_id("same");

  SECTION("another representative") {
    *request.mutable_dossier()->mutable_representative() = testing::CoRepresentative(5);
    request.mutable_update_mask()->add_paths("representative");
    const absl::Status refused = world.Supplement(request).status();
    CHECK(refused.code() == absl::StatusCode::kFailedPrecondition);
    CHECK(HasReason(refused, v1::ERROR_REASON_APPLICANT_NOT_REPRESENTATIVE));
  }
  SECTION("an account that was locked since") {
    world.people.persons["account-applicant"].active = false;
    CHECK(HasReason(world.Supplement(request).status(), v1::ERROR_REASON_ACCOUNT_NOT_ACTIVE));
  }
  SECTION("identity is away") {
    world.people.away = true;
    CHECK(world.Supplement(request).status().code() == absl::StatusCode::kUnavailable);
  }
  CHECK(world.Now(id).SerializeAsString() == asked.SerializeAsString());

  world.people.away = false;
  world.people.persons["account-applicant"].active = true;
  // Nothing has to change: the register may have been put right.
  request = Answer(id);
  request.set_request_id("other");
  const Registration answered = Value(world.Supplement(request));
  CHECK(answered.state() == Registration::STATE_VERIFYING);
  CHECK(answered.submission_number() == 2);
  CHECK(answered.dossier_digest() == asked.dossier_digest());
  world.Run();
  world.people.away = true;
  CHECK(Value(world.Supplement(request)).etag() == answered.etag());
}

TEST_CASE("a supplement cannot take another organization's place") {
  World world;
  dossier::v1::Dossier other = ValidDossier();
  other.set_tax_code(testing::kOtherTaxCode);
  other.set_business_code(testing::kOtherTaxCode);
  REQUIRE_OK(world.Submit(Value(world.Create(other)).registration_id()));
  const std::string id = Value(world.Create(ValidDossier())).registration_id();
  REQUIRE_OK(world.Submit(id));
  world.Run();
  world.peers.AskFor(id, {"tax_code"});
  world.workflow->Nudge(id);
  world.Run();
  v1::SupplementRegistrationRequest request = Answer(id);
  *request.mutable_dossier() = other;
  request.mutable_update_mask()->add_paths("tax_code");
  request.mutable_update_mask()->add_paths("business_code");
  CHECK(HasReason(world.Supplement(request).status(),
                  v1::ERROR_REASON_ORGANIZATION_ALREADY_REGISTERED));
  CHECK(world.Now(id).state() == Registration::STATE_SUPPLEMENT_REQUIRED);
}

TEST_CASE("what an authorized person files, the representative consents to") {
  World world;
  const Holder& authorizer = world.co_representative(testing::kAuthorizer);
  const std::string id = Value(world.Create(testing::AuthorizedDossier())).registration_id();
  v1::ListRegistrationsRequest mine;
  mine.set_awaiting_my_consent(true);
  CHECK_FALSE(world.Get(authorizer, id).ok());
  REQUIRE(Value(world.Submit(id)).state() == Registration::STATE_AWAITING_CONSENT);
  CHECK_OK(world.Get(authorizer, id));
  CHECK(Value(world.List(authorizer, mine)).registrations_size() == 1);
  CHECK(HasReason(world.Consent(world.applicant(), id).status(),
                  policy::v1::COMMON_REASON_PERMISSION_DENIED));

  const Registration complete = Value(world.Consent(authorizer, id));
  CHECK(complete.state() == Registration::STATE_VERIFYING);
  REQUIRE(complete.consents_size() == 1);
  CHECK(complete.consents(0).representative_index() == -1);
  CHECK(Value(world.List(authorizer, mine)).registrations().empty());
  CHECK_OK(world.Get(authorizer, id));
  world.Run();
  world.peers.Approve(id);
  world.workflow->Nudge(id);
  world.Run();
  CHECK(world.Now(id).state() == Registration::STATE_ISSUED);
}

}  // namespace
}  // namespace eid::org_registration
