// SPDX-License-Identifier: Apache-2.0
// A running suite with people in it: an administrator, officers with their roles, and applicants.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/suite/outside.h"
#include "tools/suite/person.h"
#include "tools/suite/suite.h"

namespace eid::suite {

// Officers' units in the demonstration: C06 and a commune.
inline constexpr char kAuthorityUnit[] = "G01.899";
inline constexpr char kCommuneUnit[] = "G01.899.107";

class World {
 public:
  // Starts the suite, makes the first administrator, who enrols the officers and grants their roles.
  static absl::StatusOr<std::unique_ptr<World>> Create(SuiteOptions options);

  // Finds somebody in the seed of the population database (tools/simulators/seed). NOT_FOUND.
  absl::StatusOr<PersonData> Seeded(const std::string& personal_id) const;
  // The record of the business register's or special register's seed. NOT_FOUND.
  absl::StatusOr<registry::v1::OrganizationRecord> SeededOrganization(
      const std::string& code) const;
  // A person of the seed with an account of level 2: enrolled by the intake officer, activated,
  // logged in with two different factors.
  absl::StatusOr<std::unique_ptr<Person>> Admit(const std::string& personal_id);
  // Somebody whom the population database knows, enrolled and activated in the same way.
  absl::StatusOr<std::unique_ptr<Person>> Admit(const PersonData& data);
  // Grants an admitted person a role, and logs in again: the next token carries it.
  absl::Status GrantRole(Person& person, policy::v1::OfficerRole role, const std::string& unit);
  // The same, not enrolled yet.
  absl::StatusOr<std::unique_ptr<Person>> Meet(const std::string& personal_id) const;

  // A channel to the gateway, without a certificate, as anyone has it.
  std::shared_ptr<grpc::Channel> gateway() const { return gateway_; }
  Suite& suite() { return *suite_; }
  Outside& outside() { return *outside_; }

  Person& administrator() { return *administrator_; }
  Person& intake() { return *intake_; }
  Person& reviewer() { return *reviewer_; }
  Person& approver() { return *approver_; }

 private:
  World() = default;
  absl::StatusOr<std::unique_ptr<Person>> Appoint(const std::string& personal_id,
                                                  policy::v1::OfficerRole role,
                                                  const std::string& unit);

  std::unique_ptr<Suite> suite_;
  std::unique_ptr<Outside> outside_;
  std::shared_ptr<grpc::Channel> gateway_;
  std::unique_ptr<Person> administrator_;
  std::unique_ptr<Person> intake_;
  std::unique_ptr<Person> reviewer_;
  std::unique_ptr<Person> approver_;
};

// What a registered organization declares of itself when everything is in order, for its
// representative. Address: the record's, with today's province code.
dossier::v1::Dossier DossierOf(const registry::v1::OrganizationRecord& record,
                               const PersonData& representative);

// A reviewer claims, an approver approves. Gives the approved case.
absl::StatusOr<approval::v1::Case> Approve(Person& reviewer, Person& approver,
                                           const std::string& case_id, const std::string& note);
// A reviewer claims and sends back.
absl::StatusOr<approval::v1::Case> SendBack(
    Person& reviewer, const std::string& case_id,
    const std::vector<org_registration::v1::SupplementItem>& items);
// A reviewer claims, an approver refuses.
absl::StatusOr<approval::v1::Case> Refuse(Person& reviewer, Person& approver,
                                          const std::string& case_id,
                                          approval::v1::RefusalReason reason,
                                          const type::v1::LocalizedText& explanation);

// An applicant creates a registration.
absl::StatusOr<org_registration::v1::Registration> Create(Person& applicant,
                                                          const dossier::v1::Dossier& dossier);
// And submits it.
absl::StatusOr<org_registration::v1::Registration> Submit(
    Person& applicant, const org_registration::v1::Registration& registration);

}  // namespace eid::suite
