// SPDX-License-Identifier: Apache-2.0
#include "tools/demo/stories.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/crypto/encoding.h"
#include "common/status/macros.h"

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
using verification::v1::Verification;
using verification::v1::VerificationService;

// People and organizations of the seed (tools/simulators/seed/README.md).
constexpr char kFirstRepresentative[] = "034070650244";
constexpr char kSecondRepresentative[] = "046174403391";
constexpr char kTwoRepresentatives[] = "0194527018";
constexpr char kSlipRepresentative[] = "010187411407";
constexpr char kSlip[] = "0191006810";
constexpr char kPassportRepresentative[] = "034073008050";
constexpr char kPassport[] = "0398478753";
constexpr char kPatientRepresentative[] = "030185712092";
constexpr char kPatient[] = "0195462677";
constexpr char kTwiceRepresentative[] = "056078026466";
constexpr char kTwice[] = "0391388349";

std::string Describe(const Registration& registration) {
  return absl::StrCat("registration ", registration.registration_id().substr(0, 8), "… is ",
                      Registration::State_Name(registration.state()).substr(6),
                      registration.file_code().empty() ? "" : ", file code ",
                      registration.file_code());
}

std::string Local(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%a %Y-%m-%d %H:%M (UTC+7)", absl::FromUnixSeconds(time.seconds()),
                          absl::FixedTimeZone(7 * 60 * 60));
}

// The day at whose end, 24:00, a period is over.
std::string LastDay(const google::protobuf::Timestamp& due) {
  return absl::FormatTime("%a %Y-%m-%d", absl::FromUnixSeconds(due.seconds() - 1),
                          absl::FixedTimeZone(7 * 60 * 60));
}

std::string Describe(const Case& c) {
  std::string text = absl::StrCat("case is ", Case::State_Name(c.state()).substr(6),
                                  ", to be decided by the end of ", LastDay(c.clock().due_time()),
                                  " under ", c.clock().rule_version());
  if (c.has_decision()) {
    absl::StrAppend(&text, ", decision signed by key ", c.decision().key_id().substr(0, 8), "…");
  }
  return text;
}

std::string Describe(const Verification& verification) {
  std::vector<std::string> lookups;
  for (const auto& lookup : verification.lookups()) {
    lookups.push_back(absl::StrCat(lookup.subject(), "@", lookup.registry_id(), " ",
                                   verification::v1::LookupOutcome_Name(lookup.outcome())
                                       .substr(sizeof("LOOKUP_OUTCOME_") - 1)));
  }
  std::vector<std::string> differing;
  for (const auto& verdict : verification.verdicts()) {
    if (verdict.verdict() != verification::v1::VERDICT_MISMATCH) continue;
    differing.push_back(absl::StrCat(verdict.field(), " (", verdict.remedy().en(), ")"));
  }
  return absl::StrCat(
      verification::v1::VerificationResult_Name(verification.result())
          .substr(sizeof("VERIFICATION_RESULT_") - 1),
      ": ", absl::StrJoin(lookups, ", "), "; ", verification.verdicts_size(), " fields compared",
      differing.empty() ? "" : absl::StrCat(", differing: ", absl::StrJoin(differing, "; ")));
}

std::string Name(const Person& person) { return person.data().full_name; }

// Enrolled, activated and logged in, in one line.
void Admit(World& world, Story& story, const char* personal_id, std::unique_ptr<Person>& person) {
  story.Step("officer and person", "account of level 2: enrolled, activated, logged in",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(person, world.Admit(personal_id));
               return absl::StrCat("account of ", Name(*person), " is ACTIVE");
             });
}

void File(World& world, Story& story, const char* code, std::unique_ptr<Person>& person,
          Registration& registration,
          const std::function<void(dossier::v1::Dossier&)>& change = nullptr) {
  story.Step("representative", "files the organization's data and submits",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(const auto record, world.SeededOrganization(code));
               dossier::v1::Dossier dossier = suite::DossierOf(record, person->data());
               if (change) change(dossier);
               ASSIGN_OR_RETURN(registration, suite::Create(*person, dossier));
               ASSIGN_OR_RETURN(registration, suite::Submit(*person, registration));
               return Describe(registration);
             });
}

void AwaitState(Story& story, std::unique_ptr<Person>& person, Registration& registration,
                Registration::State state, absl::string_view what) {
  story.Step("suite", what, [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(registration, person->WaitFor(registration.registration_id(), {state}));
    return Describe(registration);
  });
}

// Step 3 is over: what the databases said.
void AwaitVerification(Story& story, std::unique_ptr<Person>& person,
                       Registration& registration) {
  story.Step("verification", "asks the databases, side by side",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(registration, person->WaitFor(registration.registration_id(),
                                                              {Registration::STATE_UNDER_REVIEW}));
               return Describe(registration.verification());
             });
}

void ApproveAndIssue(World& world, Story& story, std::unique_ptr<Person>& person,
                     Registration& registration, const std::string& note) {
  story.Step("reviewer and approver", "claim and approve, two persons",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(const Case c,
                                suite::Approve(world.reviewer(), world.approver(),
                                               registration.registration_id(), note));
               return Describe(c);
             });
  AwaitState(story, person, registration, Registration::STATE_ISSUED,
             "grants the organization's account");
}

void TellOfAccount(World& world, Story& story, std::unique_ptr<Person>& person,
                   absl::string_view role) {
  story.Step("intake officer", absl::StrCat("enrols the ", role, " in person, at level 2"),
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(const identity::v1::Account account,
                                world.intake().Do(*world.intake().accounts,
                                                  &AccountService::Stub::EnrollAccount,
                                                  person->Enrolment()));
               return absl::StrCat("checked against the population database; account ",
                                   account.account_id().substr(0, 8), "… is GRANTED, open until ",
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
  story.Step(Name(*second), "consents: signs the dossier's digest with the key of the phone",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(const auto request, second->Consent(registration));
               ASSIGN_OR_RETURN(registration,
                                second->Do(*second->registrations,
                                           &RegistrationService::Stub::ConsentToRegistration,
                                           request));
               return absl::StrCat(
                   Describe(registration), ", digest ",
                   crypto::HexEncode(registration.dossier_digest()).substr(0, 16), "…");
             });
}

void TellOfDecision(World& world, Story& story, const Registration& registration) {
  Case claimed;
  story.Step("reviewer", "claims the case", [&]() -> absl::StatusOr<std::string> {
    approval::v1::ClaimCaseRequest request;
    request.set_request_id(suite::NewRequestId());
    request.set_case_id(registration.registration_id());
    Person& reviewer = world.reviewer();
    ASSIGN_OR_RETURN(claimed, reviewer.Do(*reviewer.cases,
                                          &approval::v1::ApprovalService::Stub::ClaimCase,
                                          request));
    return Describe(claimed);
  });
  story.Step("approver", "another person, approves", [&]() -> absl::StatusOr<std::string> {
    approval::v1::ApproveCaseRequest request;
    request.set_request_id(suite::NewRequestId());
    request.set_case_id(claimed.case_id());
    request.set_etag(claimed.etag());
    Person& approver = world.approver();
    ASSIGN_OR_RETURN(const Case c, approver.Do(*approver.cases,
                                               &approval::v1::ApprovalService::Stub::ApproveCase,
                                               request));
    return Describe(c);
  });
}

void TellOfGrant(World& world, Story& story, std::unique_ptr<Person>& person,
                 Registration& registration) {
  AwaitState(story, person, registration, Registration::STATE_ISSUED,
             "grants the organization's account");
  story.Step(Name(*person), "is told in the app and by message",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(
                   const auto page,
                   person->Do(*person->notifications,
                              &approval::v1::NotificationService::Stub::ListNotifications,
                              approval::v1::ListNotificationsRequest()));
               if (page.notifications().empty()) return absl::NotFoundError("no notification");
               ASSIGN_OR_RETURN(const auto message,
                                world.outside().FindMessage(person->data().phone,
                                                            registration.file_code()));
               return absl::StrCat("\"", page.notifications(0).text().en(), "\" / SMS: \"",
                                   message.body(), "\"");
             });
  story.Step(Name(*person), "activates the organization's account",
             [&]() -> absl::StatusOr<std::string> {
               identity::v1::ActivateOrganizationRequest request;
               request.set_request_id(suite::NewRequestId());
               request.set_organization_id(registration.organization_id());
               ASSIGN_OR_RETURN(const Organization organization,
                                person->Do(*person->organizations,
                                           &OrganizationService::Stub::ActivateOrganization,
                                           request));
               return absl::StrCat("organization number ", organization.organization_number(),
                                   " is ", Organization::State_Name(organization.state()).substr(6));
             });
  story.Step(Name(*person), "acts as the organization", [&]() -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(person->ActAs(registration.organization_id()));
    return absl::StrCat("token: actor ", person->account_id().substr(0, 8), "…, principal ",
                        person->session().organization_id().substr(0, 8), "…");
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

void TellSupplement(World& world, Story& story) {
  story.Chapter("A name that differs: sent back, corrected, approved");
  std::unique_ptr<Person> person;
  Registration registration;
  Admit(world, story, kSlipRepresentative, person);
  File(world, story, kSlip, person, registration, [](dossier::v1::Dossier& dossier) {
    dossier.mutable_names()->set_vietnamese("Công ty cổ phần Sao Hôm Biển Nam");
  });
  AwaitVerification(story, person, registration);
  story.Step("reviewer", "asks for the name to be corrected",
             [&]() -> absl::StatusOr<std::string> {
               org_registration::v1::SupplementItem item;
               item.set_field("names.vietnamese");
               item.mutable_message()->set_vi("Tên không khớp với đăng ký doanh nghiệp.");
               item.mutable_message()->set_en("The name does not match the business register.");
               ASSIGN_OR_RETURN(const Case c, suite::SendBack(world.reviewer(),
                                                              registration.registration_id(),
                                                              {item}));
               return absl::StrCat("case is ", Case::State_Name(c.state()).substr(6),
                                   ", the clock stands still");
             });
  AwaitState(story, person, registration, Registration::STATE_SUPPLEMENT_REQUIRED,
             "tells the applicant");
  story.Step("representative", "corrects the name", [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const auto record, world.SeededOrganization(kSlip));
    org_registration::v1::SupplementRegistrationRequest request;
    request.set_request_id(suite::NewRequestId());
    request.set_registration_id(registration.registration_id());
    request.mutable_dossier()->mutable_names()->set_vietnamese(record.names().vietnamese());
    request.mutable_update_mask()->add_paths("names.vietnamese");
    ASSIGN_OR_RETURN(registration,
                     person->Do(*person->registrations,
                                &RegistrationService::Stub::SupplementRegistration, request));
    return Describe(registration);
  });
  AwaitVerification(story, person, registration);
  ApproveAndIssue(world, story, person, registration, "");
}

void TellRefusal(World& world, Story& story) {
  story.Chapter("A representative whom the register knows by an old passport: refused");
  std::unique_ptr<Person> person;
  Registration registration;
  Admit(world, story, kPassportRepresentative, person);
  File(world, story, kPassport, person, registration);
  AwaitVerification(story, person, registration);
  story.Step("reviewer and approver", "refuse, with a coded reason",
             [&]() -> absl::StatusOr<std::string> {
               type::v1::LocalizedText explanation;
               explanation.set_vi("Đăng ký doanh nghiệp đang ghi số hộ chiếu cũ.");
               explanation.set_en("The business register still holds the old passport number.");
               ASSIGN_OR_RETURN(
                   const Case c,
                   suite::Refuse(world.reviewer(), world.approver(),
                                 registration.registration_id(),
                                 approval::v1::REFUSAL_REASON_REPRESENTATIVE_MISMATCH,
                                 explanation));
               return Describe(c);
             });
  story.Step("suite", "tells the applicant why", [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(registration, person->WaitFor(registration.registration_id(),
                                                   {Registration::STATE_REJECTED}));
    ASSIGN_OR_RETURN(const auto message, world.outside().FindMessage(person->data().phone,
                                                                     registration.file_code()));
    return absl::StrCat(registration.refusal().reason(), ": ", registration.refusal().text().vi(),
                        " / ", registration.refusal().text().en(), " SMS: \"", message.body(),
                        "\"");
  });
}

void TellRegistryDown(World& world, Story& story) {
  story.Chapter("The business register is down at submission, and comes back");
  std::unique_ptr<Person> person;
  Registration registration;
  Admit(world, story, kPatientRepresentative, person);
  story.Step("business register", "goes down", [&]() -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(world.outside().Behave("registry_business",
                                           simulator::v1::Behavior::MODE_DOWN));
    return "every look-up is answered with UNAVAILABLE";
  });
  File(world, story, kPatient, person, registration);
  story.Step("verification", "keeps asking; away is not absent",
             [&]() -> absl::StatusOr<std::string> {
               verification::v1::GetVerificationRequest request;
               request.set_verification_id(absl::StrCat(registration.registration_id(), ".1"));
               for (int tries = 0; tries < 100; ++tries) {
                 const auto verification = suite::Call(
                     *world.reviewer().verifications, &VerificationService::Stub::GetVerification,
                     request, {.token = world.reviewer().token()});
                 if (verification.ok()) {
                   for (const auto& lookup : verification->lookups()) {
                     if (lookup.outcome() == verification::v1::LOOKUP_OUTCOME_UNAVAILABLE) {
                       return Describe(*verification);
                     }
                   }
                 }
                 suite::WaitBeforeRepeat(tries);
               }
               return absl::DeadlineExceededError("the registry was not seen to be away");
             });
  story.Step("business register", "comes back", [&]() -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(world.outside().Behave("registry_business",
                                           simulator::v1::Behavior::MODE_NORMAL));
    return "it answers again";
  });
  AwaitVerification(story, person, registration);
  ApproveAndIssue(world, story, person, registration, "");
}

void TellFiledTwice(World& world, Story& story) {
  story.Chapter("Filed twice with the same request_id: one registration");
  std::unique_ptr<Person> person;
  Registration registration;
  Admit(world, story, kTwiceRepresentative, person);
  story.Step("representative", "creates it twice, as after a lost answer",
             [&]() -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(const auto record, world.SeededOrganization(kTwice));
               org_registration::v1::CreateRegistrationRequest request;
               request.set_request_id(suite::NewRequestId());
               *request.mutable_dossier() = suite::DossierOf(record, person->data());
               ASSIGN_OR_RETURN(registration,
                                person->Do(*person->registrations,
                                           &RegistrationService::Stub::CreateRegistration,
                                           request));
               ASSIGN_OR_RETURN(const Registration again,
                                person->Do(*person->registrations,
                                           &RegistrationService::Stub::CreateRegistration,
                                           request));
               ASSIGN_OR_RETURN(
                   const auto page,
                   person->Do(*person->registrations,
                              &RegistrationService::Stub::ListRegistrations,
                              org_registration::v1::ListRegistrationsRequest()));
               if (again.registration_id() != registration.registration_id() ||
                   page.registrations_size() != 1) {
                 return absl::InternalError("there are two");
               }
               return absl::StrCat("both answers are the same; ", Describe(registration));
             });
  story.Step("representative", "submits it", [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(registration, suite::Submit(*person, registration));
    return Describe(registration);
  });
  AwaitVerification(story, person, registration);
  ApproveAndIssue(world, story, person, registration, "");
}

}  // namespace eid::demo
