// SPDX-License-Identifier: Apache-2.0
// What the answers of the registries say about a dossier, field by field. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "eid/verification/v1/verification.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace eid::verification {

// Version of the rules of match.h, verdicts.h and common/text. It is part of what an approver signs, so it changes with
// every change of what is compared, or of what counts as the same.
inline constexpr absl::string_view kRuleVersion = "verification-2026-11.1";

// Where an answer came from; copied into each of its verdicts.
struct Origin {
  std::string registry_id;
  google::protobuf::Timestamp as_of;
};

// The population database's answer about one person of the dossier. No record: it has none.
struct PersonFinding {
  Origin origin;
  std::optional<registry::v1::PersonRecord> record;
};

// One registry's answer about the organization. No record: it has none.
struct OrganizationFinding {
  Origin origin;
  std::optional<registry::v1::OrganizationRecord> record;
};

// All answers to one dossier. Absent: not answered yet.
struct Findings {
  std::optional<PersonFinding> representative;
  // One for each co-representative of the dossier.
  std::vector<std::optional<PersonFinding>> co_representatives;
  std::vector<OrganizationFinding> organization;
};

// "representative" at `path`: its number and state, name, day of birth. A person whom the database does not know is a
// mismatch of the number.
std::vector<v1::FieldVerdict> JudgePerson(absl::string_view path,
                                          const dossier::v1::Representative& declared,
                                          const PersonFinding& finding);

// One registry's record against the dossier; empty when it has none. `findings` are for the representatives' former
// documents: with an answer missing, an old document looks like another person.
std::vector<v1::FieldVerdict> JudgeOrganization(const dossier::v1::Dossier& dossier,
                                                const OrganizationFinding& finding,
                                                const Findings& findings);

// What all answers say.
struct Judgement {
  // In the order of the dossier's fields by source.
  std::vector<v1::FieldVerdict> verdicts;
  // What each answer came to: MATCH or MISMATCH by its own verdicts, NOT_FOUND without a record, unspecified when there is
  // none yet. The representative, then the co-representatives.
  std::vector<v1::LookupOutcome> persons;
  // As Findings::organization.
  std::vector<v1::LookupOutcome> organization;
};

// An organization that no registry knows gets the one verdict NOT_AVAILABLE, RECORD_NOT_FOUND on the field that it was
// looked up by.
Judgement JudgeAll(const dossier::v1::Dossier& dossier, const Findings& findings);

// MISMATCH when a field differs; else NOT_FOUND when no registry knows the organization; else MATCH.
v1::VerificationResult ResultOf(const std::vector<v1::FieldVerdict>& verdicts,
                                const Findings& findings);

// By where the organization was found alone (Decree 69/2024 Art. 13): a mismatch changes nothing about it.
v1::DeadlineClass DeadlineClassOf(const Findings& findings);

// MATCH or MISMATCH, of the verdicts of one found record.
v1::LookupOutcome OutcomeOf(const std::vector<v1::FieldVerdict>& verdicts);

// The declared phone against the owner-registered one.
v1::FieldVerdict JudgePhone(absl::string_view path, absl::string_view declared,
                            const PersonFinding& finding);

// The field that an organization is looked up by: "tax_code", "agency_code" or "establishment_decision".
absl::string_view KeyField(const dossier::v1::Dossier& dossier);

}  // namespace eid::verification
