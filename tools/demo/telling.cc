// SPDX-License-Identifier: Apache-2.0
#include "tools/demo/telling.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/macros.h"

namespace eid::demo {
namespace {

using approval::v1::Case;
using org_registration::v1::Registration;
using suite::Person;
using suite::World;
using verification::v1::Verification;

// The day at whose end, 24:00, a period is over.
std::string LastDay(const google::protobuf::Timestamp& due) {
  return absl::FormatTime("%a %Y-%m-%d", absl::FromUnixSeconds(due.seconds() - 1),
                          absl::FixedTimeZone(7 * 60 * 60));
}

}  // namespace

std::string Describe(const Registration& registration) {
  return absl::StrCat("registration …", registration.registration_id().substr(18), " is ",
                      Registration::State_Name(registration.state()).substr(6),
                      registration.file_code().empty() ? "" : ", file code ",
                      registration.file_code());
}

std::string Local(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%a %Y-%m-%d %H:%M (UTC+7)", absl::FromUnixSeconds(time.seconds()),
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
          Registration& registration, const std::function<void(dossier::v1::Dossier&)>& change) {
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
void AwaitVerification(Story& story, std::unique_ptr<Person>& person, Registration& registration) {
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
               ASSIGN_OR_RETURN(const Case c, suite::Approve(world.reviewer(), world.approver(),
                                                             registration.registration_id(), note));
               return Describe(c);
             });
  AwaitState(story, person, registration, Registration::STATE_ISSUED,
             "grants the organization's account");
}

}  // namespace eid::demo
