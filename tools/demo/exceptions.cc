// SPDX-License-Identifier: Apache-2.0
// The registrations that do not go straight.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/demo/stories.h"
#include "tools/demo/telling.h"
#include "tools/suite/requests.h"

namespace eid::demo {
namespace {

using approval::v1::Case;
using org_registration::v1::Registration;
using org_registration::v1::RegistrationService;
using suite::Person;
using suite::World;
using verification::v1::VerificationService;

// In the seed (tools/simulators/seed/README.md).
constexpr char kSlipRepresentative[] = "010187411407";
constexpr char kSlip[] = "0191006810";
constexpr char kPassportRepresentative[] = "034073008050";
constexpr char kPassport[] = "0398478753";
constexpr char kPatientRepresentative[] = "030185712092";
constexpr char kPatient[] = "0195462677";
constexpr char kTwiceRepresentative[] = "056078026466";
constexpr char kTwice[] = "0391388349";

}  // namespace

void TellSupplement(World& world, Story& story) {
  story.Chapter("A name that differs: sent back, corrected, approved");
  std::unique_ptr<Person> person;
  Registration registration;
  Admit(world, story, kSlipRepresentative, person);
  File(world, story, kSlip, person, registration, [](dossier::v1::Dossier& dossier) {
    dossier.mutable_names()->set_vietnamese("Công ty cổ phần Sao Hôm Biển Nam");
  });
  AwaitVerification(story, person, registration);
  story.Step("reviewer", "asks for the name to be corrected", [&]() -> absl::StatusOr<std::string> {
    org_registration::v1::SupplementItem item;
    item.set_field("names.vietnamese");
    item.mutable_message()->set_vi("Tên không khớp với đăng ký doanh nghiệp.");
    item.mutable_message()->set_en("The name does not match the business register.");
    ASSIGN_OR_RETURN(const Case c,
                     suite::SendBack(world.reviewer(), registration.registration_id(), {item}));
    return absl::StrCat("case is ", Case::State_Name(c.state()).substr(6),
                        ", the clock stands still");
  });
  AwaitState(story, person, registration, Registration::STATE_SUPPLEMENT_REQUIRED,
             "tells the applicant");
  story.Step("representative", "corrects the name", [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const auto record, world.SeededOrganization(kSlip));
    ASSIGN_OR_RETURN(registration, person->Do(*person->registrations,
                                              &RegistrationService::Stub::SupplementRegistration,
                                              suite::CorrectionOf(registration.registration_id(),
                                                                  record.names().vietnamese())));
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
  story.Step(
      "reviewer and approver", "refuse, with a coded reason", [&]() -> absl::StatusOr<std::string> {
        type::v1::LocalizedText explanation;
        explanation.set_vi("Đăng ký doanh nghiệp đang ghi số hộ chiếu cũ.");
        explanation.set_en("The business register still holds the old passport number.");
        ASSIGN_OR_RETURN(
            const Case c,
            suite::Refuse(world.reviewer(), world.approver(), registration.registration_id(),
                          approval::v1::REFUSAL_REASON_REPRESENTATIVE_MISMATCH, explanation));
        return Describe(c);
      });
  story.Step("suite", "tells the applicant why", [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(registration, person->WaitFor(registration.registration_id(),
                                                   {Registration::STATE_REJECTED}));
    ASSIGN_OR_RETURN(const auto message,
                     world.outside().FindMessage(person->data().phone, registration.file_code()));
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
    RETURN_IF_ERROR(
        world.outside().Behave("registry_business", simulator::v1::Behavior::MODE_DOWN));
    return "every look-up is answered with UNAVAILABLE";
  });
  File(world, story, kPatient, person, registration);
  story.Step(
      "verification", "keeps asking; away is not absent", [&]() -> absl::StatusOr<std::string> {
        verification::v1::GetVerificationRequest request;
        request.set_verification_id(absl::StrCat(registration.registration_id(), ".1"));
        absl::StatusOr<verification::v1::Verification> seen;
        const auto is_away = [&] {
          seen = suite::Call(*world.reviewer().verifications,
                             &VerificationService::Stub::GetVerification, request,
                             {.token = world.reviewer().token()});
          return seen.ok() &&
                 std::any_of(
                     seen->lookups().begin(), seen->lookups().end(), [](const auto& lookup) {
                       return lookup.outcome() == verification::v1::LOOKUP_OUTCOME_UNAVAILABLE;
                     });
        };
        if (suite::AskUntil(is_away, absl::Minutes(1))) return Describe(*seen);
        return absl::DeadlineExceededError("the registry was not seen to be away");
      });
  story.Step("business register", "comes back", [&]() -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(
        world.outside().Behave("registry_business", simulator::v1::Behavior::MODE_NORMAL));
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
  story.Step(
      "representative", "creates it twice, as after a lost answer",
      [&]() -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const auto record, world.SeededOrganization(kTwice));
        const auto request = suite::CreationOf(suite::DossierOf(record, person->data()));
        ASSIGN_OR_RETURN(registration,
                         person->Do(*person->registrations,
                                    &RegistrationService::Stub::CreateRegistration, request));
        ASSIGN_OR_RETURN(const Registration again,
                         person->Do(*person->registrations,
                                    &RegistrationService::Stub::CreateRegistration, request));
        ASSIGN_OR_RETURN(
            const auto page,
            person->Do(*person->registrations, &RegistrationService::Stub::ListRegistrations,
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
