// SPDX-License-Identifier: Apache-2.0
// What belongs to somebody else looks as if it were not there: the same answer as for an id that was
// never given.
#include <memory>

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "tests/integration/support/contract.h"
#include "tests/integration/support/flow.h"
#include "tests/integration/support/raw_call.h"

namespace eid::integration {
namespace {

namespace pb = google::protobuf;

using suite::Person;

// What the owner has.
struct Belongings {
  std::string registration_id;
  std::string registration_etag;
  std::string organization_id;
  std::string account_id;
  std::string notification_id;
};

Belongings Acquire(Stage& stage, Person& owner) {
  Belongings things;
  const Registration filed = File(owner, DossierOf(stage, "0391388349", owner));
  Await(owner, filed.registration_id(), Registration::STATE_UNDER_REVIEW);
  const Registration issued = ApproveAndAwait(stage, owner, filed.registration_id());
  things.organization_id = issued.organization_id();
  things.notification_id = NotificationsOf(owner, issued.registration_id()).at(0).notification_id();
  const Registration draft = testing::Value(suite::Create(owner, {}));
  things.registration_id = draft.registration_id();
  things.registration_etag = draft.etag();
  things.account_id = owner.account_id();
  return things;
}

// Sets a field if the request has it.
void Set(pb::Message& message, const std::string& field, const std::string& value) {
  const pb::FieldDescriptor* descriptor = message.GetDescriptor()->FindFieldByName(field);
  if (descriptor == nullptr) return;
  message.GetReflection()->SetString(&message, descriptor, value);
}

// A request that has nothing wrong with it but whose things it names.
std::string RequestFor(const Rpc& rpc, const Belongings& things, Person& stranger) {
  const std::unique_ptr<pb::Message> request = rpc.NewRequest();
  Set(*request, "request_id", suite::NewRequestId());
  Set(*request, "registration_id", things.registration_id);
  Set(*request, "organization_id", things.organization_id);
  Set(*request, "account_id", things.account_id);
  Set(*request, "notification_id", things.notification_id);
  if (auto* consent =
          dynamic_cast<org_registration::v1::ConsentToRegistrationRequest*>(request.get())) {
    Registration registration;
    registration.set_registration_id(things.registration_id);
    registration.set_dossier_digest(std::string(32, 'd'));
    *consent = testing::Value(stranger.Consent(registration));
  } else if (auto* submit =
                 dynamic_cast<org_registration::v1::SubmitRegistrationRequest*>(request.get())) {
    submit->set_declaration_accepted(true);
  } else if (auto* supplement = dynamic_cast<org_registration::v1::SupplementRegistrationRequest*>(
                 request.get())) {
    supplement->mutable_update_mask()->add_paths("tax_code");
    supplement->mutable_dossier()->set_tax_code("0195462677");
  }
  return request->SerializeAsString();
}

// The same shape, and never given to anything.
std::string Never(std::string id) {
  for (char& c : id)
    c = c == 'a' ? 'b' : (c >= '2' && c <= '7') || (c >= 'a' && c <= 'z') ? 'a' : c;
  return id;
}

TEST_CASE("somebody else's things look as if they were not there") {
  Stage& stage = Stage::Get();
  Person& owner = stage.Admit("056078026466");
  Person& stranger = stage.Admit("025193730508");
  const Belongings things = Acquire(stage, owner);
  const Belongings nothing = {.registration_id = Never(things.registration_id),
                              .registration_etag = "",
                              .organization_id = Never(things.organization_id),
                              .account_id = Never(things.account_id),
                              .notification_id = Never(things.notification_id)};
  const auto ask = [&](const Rpc& rpc, const Belongings& whose) {
    REQUIRE_OK(stranger.KeepLoggedIn());
    return CallPatiently(stage.world().gateway(), rpc.path, RequestFor(rpc, whose, stranger),
                         {.token = stranger.token()});
  };
  for (const char* name :
       {"RegistrationService/GetRegistration", "RegistrationService/UpdateRegistration",
        "RegistrationService/SubmitRegistration", "RegistrationService/ConsentToRegistration",
        "RegistrationService/SupplementRegistration", "RegistrationService/WithdrawRegistration",
        "OrganizationService/GetOrganization", "OrganizationService/ActivateOrganization",
        "AuthenticationService/ActAs", "AccountService/GetAccount",
        "NotificationService/MarkNotificationRead"}) {
    INFO(name);
    const Rpc& rpc = RpcNamed(name);
    const Answer theirs = ask(rpc, things);
    const Answer never = ask(rpc, nothing);
    CHECK(theirs.status.code() == absl::StatusCode::kNotFound);
    CHECK(FlawOfError(theirs.status) == "");
    // Not even the words tell the two apart.
    CHECK(testing::Describe(theirs.status) == testing::Describe(never.status));
    CHECK(theirs.messages.empty());
  }
  // Nor do lists and streams show what is the owner's.
  CHECK(NotificationsOf(stranger, things.registration_id).empty());
  const auto page = testing::Value(
      stranger.Do(*stranger.registrations,
                  &org_registration::v1::RegistrationService::Stub::ListRegistrations, {}));
  CHECK(page.registrations().empty());
  identity::v1::ListOrganizationsRequest all;
  all.set_all(true);
  const auto organizations = stranger.Do(
      *stranger.organizations, &identity::v1::OrganizationService::Stub::ListOrganizations, all);
  CHECK((!organizations.ok() || organizations->organizations().empty()));
  // And nothing has changed.
  CHECK(Read(owner, things.registration_id).etag() == things.registration_etag);
}

}  // namespace
}  // namespace eid::integration
