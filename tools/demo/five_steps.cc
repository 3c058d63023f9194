// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/encoding.h"
#include "common/status/macros.h"
#include "tools/demo/stories.h"
#include "tools/demo/telling.h"
#include "tools/suite/requests.h"

namespace eid::demo {
namespace {

using approval::v1::Case;
using identity::v1::AccountService;
using identity::v1::Organization;
using identity::v1::OrganizationService;
using org_registration::v1::Registration;
using org_registration::v1::RegistrationService;
using suite::Person;
using suite::World;

// In the seed (tools/simulators/seed/README.md).
constexpr char kFirstRepresentative[] = "034070650244";
constexpr char kSecondRepresentative[] = "046174403391";
constexpr char kTwoRepresentatives[] = "0194527018";

void TellOfAccount(World& world, Story& story, std::unique_ptr<Person>& person,
                   absl::string_view role) {
  story.Step("intake officer", absl::StrCat("enrols the ", role, " in person, at level 2"),
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(
                   const identity::v1::Account account,
                   world.intake().Do(*world.intake().accounts, &AccountService::Stub::EnrollAccount,
                                     person->Enrolment()));
               return absl::StrCat("checked against the population database; account ", "…",
                                   account.account_id().substr(18), " is GRANTED, open until ",
                                   Local(account.activation_expire_time()));
             });
  story.Step(Name(*person), "activates it with the code from the phone",
             [&]() -> absl::StatusOr<std::string> {
               RETURN_IF_ERROR(person->Activate());
               return "ACTIVE; password and passcode kept as Argon2id hashes, device key bound";
             });
  story.Step(Name(*person), "logs in with password and code: two kinds of factor",
             [&]() -> absl::StatusOr<std::string> {
               RETURN_IF_ERROR(person->LoginWithCode());
               return absl::StrCat("session at authentication level ",
                                   person->session().authentication_level());
             });
}

void TellOfFiling(World& world, Story& story, std::unique_ptr<Person>& first,
                  std::unique_ptr<Person>& second, Registration& registration) {
  story.Step(Name(*first), "creates a registration and fills in the organization's data",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(const auto record, world.SeededOrganization(kTwoRepresentatives));
               dossier::v1::Dossier dossier = suite::DossierOf(record, first->data());
               *dossier.add_co_representatives() =
                   suite::RepresentativeOf(second->data(), "Phó giám đốc");
               ASSIGN_OR_RETURN(registration, suite::Create(*first, dossier));
               return Describe(registration);
             });
  story.Step(Name(*first), "submits it", [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(registration, suite::Submit(*first, registration));
    return Describe(registration);
  });
  story.Step(
      Name(*second), "consents: signs the dossier's digest with the key of the phone",
      [&]() -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const auto request, second->Consent(registration));
        ASSIGN_OR_RETURN(registration,
                         second->Do(*second->registrations,
                                    &RegistrationService::Stub::ConsentToRegistration, request));
        return absl::StrCat(Describe(registration), ", digest ",
                            crypto::HexEncode(registration.dossier_digest()).substr(0, 16), "…");
      });
}

void TellOfDecision(World& world, Story& story, const Registration& registration) {
  Case claimed;
  story.Step("reviewer", "claims the case", [&]() -> absl::StatusOr<std::string> {
    Person& reviewer = world.reviewer();
    ASSIGN_OR_RETURN(claimed,
                     reviewer.Do(*reviewer.cases, &approval::v1::ApprovalService::Stub::ClaimCase,
                                 suite::ClaimOf(registration.registration_id())));
    return Describe(claimed);
  });
  story.Step("approver", "another person, approves", [&]() -> absl::StatusOr<std::string> {
    Person& approver = world.approver();
    ASSIGN_OR_RETURN(const Case c,
                     approver.Do(*approver.cases, &approval::v1::ApprovalService::Stub::ApproveCase,
                                 suite::ApprovalOf(claimed)));
    return Describe(c);
  });
}

void TellOfGrant(World& world, Story& story, std::unique_ptr<Person>& person,
                 Registration& registration) {
  AwaitState(story, person, registration, Registration::STATE_ISSUED,
             "grants the organization's account");
  story.Step(
      Name(*person), "is told in the app and by message", [&]() -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const auto page,
                         person->Do(*person->notifications,
                                    &approval::v1::NotificationService::Stub::ListNotifications,
                                    approval::v1::ListNotificationsRequest()));
        if (page.notifications().empty()) return absl::NotFoundError("no notification");
        ASSIGN_OR_RETURN(const auto message, world.outside().FindMessage(person->data().phone,
                                                                         registration.file_code()));
        return absl::StrCat("\"", page.notifications(0).text().en(), "\" / SMS: \"", message.body(),
                            "\"");
      });
  story.Step(
      Name(*person), "activates the organization's account", [&]() -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(
            const Organization organization,
            person->Do(*person->organizations, &OrganizationService::Stub::ActivateOrganization,
                       suite::ActivationOf(registration.organization_id())));
        return absl::StrCat("organization number ", organization.organization_number(), " is ",
                            Organization::State_Name(organization.state()).substr(6));
      });
  story.Step(Name(*person), "acts as the organization", [&]() -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(person->ActAs(registration.organization_id()));
    return absl::StrCat("token: actor …", person->account_id().substr(18), ", principal …",
                        person->session().organization_id().substr(18));
  });
}

}  // namespace

Outcome TellFiveSteps(World& world, Story& story) {
  story.Chapter("The five steps, with two legal representatives");
  Outcome outcome;
  std::unique_ptr<Person> second;
  Registration registration;
  story.Step("officers", "meet two people at the counter", [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(outcome.applicant, world.Meet(kFirstRepresentative));
    ASSIGN_OR_RETURN(second, world.Meet(kSecondRepresentative));
    return absl::StrCat(Name(*outcome.applicant), " and ", Name(*second));
  });
  if (!story.status().ok()) return outcome;
  TellOfAccount(world, story, outcome.applicant, "representative");
  TellOfAccount(world, story, second, "co-representative");
  TellOfFiling(world, story, outcome.applicant, second, registration);
  AwaitVerification(story, outcome.applicant, registration);
  TellOfDecision(world, story, registration);
  TellOfGrant(world, story, outcome.applicant, registration);
  outcome.file_code = registration.file_code();
  outcome.organization_id = registration.organization_id();
  return outcome;
}

}  // namespace eid::demo
