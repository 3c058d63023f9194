// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/arena.h"

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/macros.h"
#include "tools/suite/requests.h"

namespace eid::crash {

absl::StatusOr<std::unique_ptr<Arena>> Arena::Open(const std::string& directory, int lanes) {
  std::unique_ptr<Arena> arena(new Arena);
  arena->suite_directory_ = directory;
  ASSIGN_OR_RETURN(arena->world_, suite::World::Create({.directory = directory}));
  suite::World& world = *arena->world_;
  for (suite::Person* person :
       {&world.administrator(), &world.intake(), &world.reviewer(), &world.approver()}) {
    arena->HideWhatIsOf(*person);
  }
  ASSIGN_OR_RETURN(arena->intake_, world.intake().AnotherSession());
  ASSIGN_OR_RETURN(const std::unique_ptr<suite::Person> examiner, arena->NewApplicant());
  RETURN_IF_ERROR(
      world.GrantRole(*examiner, policy::v1::OFFICER_ROLE_REVIEWER, suite::kAuthorityUnit));
  RETURN_IF_ERROR(
      world.GrantRole(*examiner, policy::v1::OFFICER_ROLE_APPROVER, suite::kAuthorityUnit));
  for (int lane = 0; lane < lanes; ++lane) {
    Crew crew;
    ASSIGN_OR_RETURN(crew.reviewer, world.reviewer().AnotherSession());
    ASSIGN_OR_RETURN(crew.approver, world.approver().AnotherSession());
    ASSIGN_OR_RETURN(crew.rival, world.approver().AnotherSession());
    ASSIGN_OR_RETURN(crew.examiner, examiner->AnotherSession());
    arena->crews_.push_back(std::move(crew));
  }
  return arena;
}

absl::StatusOr<suite::PersonData> Arena::NewPerson() {
  const int number = ++people_;
  suite::PersonData data = {.personal_id = absl::StrFormat("001090%06d", 700'000 + number),
                            .full_name = "Nguyễn Văn Kiên Trì",
                            .birth_year = 1990,
                            .birth_month = 2,
                            .birth_day = 3,
                            .phone = absl::StrFormat("09%08d", 70'000'000 + number)};
  registry::v1::PersonRecord record;
  record.set_personal_id(data.personal_id);
  record.set_full_name(data.full_name);
  record.mutable_birth_date()->set_year(data.birth_year);
  record.mutable_birth_date()->set_month(data.birth_month);
  record.mutable_birth_date()->set_day(data.birth_day);
  record.set_sex(registry::v1::SEX_MALE);
  record.set_state(registry::v1::PERSON_STATE_ACTIVE);
  record.set_phone(data.phone);
  record.mutable_card_expiry_date()->set_year(2040);
  record.mutable_card_expiry_date()->set_month(2);
  record.mutable_card_expiry_date()->set_day(3);
  RETURN_IF_ERROR(world_->outside().PutPerson(record));
  absl::MutexLock lock(&mutex_);
  // The phone as it stands with and without the country's prefix.
  secrets_.insert({data.personal_id, data.full_name, data.phone.substr(1)});
  return data;
}

absl::StatusOr<std::unique_ptr<suite::Person>> Arena::NewApplicant() {
  ASSIGN_OR_RETURN(const suite::PersonData data, NewPerson());
  ASSIGN_OR_RETURN(std::unique_ptr<suite::Person> person, world_->Admit(data));
  HideWhatIsOf(*person);
  return person;
}

void Arena::HideWhatIsOf(suite::Person& person) {
  {
    absl::MutexLock lock(&mutex_);
    secrets_.insert({person.data().personal_id, person.data().full_name, person.password()});
  }
  person.OnTokens([this](const identity::v1::Session& session) {
    absl::MutexLock lock(&mutex_);
    for (const std::string& token : {session.access_token(), session.refresh_token()}) {
      if (!token.empty()) secrets_.insert(token);
    }
  });
}

absl::Status Arena::KeepLoggedIn() {
  for (suite::Person* person : {&world_->intake(), &world_->reviewer(), &world_->administrator()}) {
    RETURN_IF_ERROR(person->KeepLoggedIn());
  }
  return absl::OkStatus();
}

std::vector<std::string> Arena::FindSecrets() const {
  std::vector<std::string> found;
  absl::MutexLock lock(&mutex_);
  for (const std::string& program : suite::ProgramNames()) {
    std::ifstream file(world_->suite().log_path(program));
    for (std::string line; std::getline(file, line);) {
      for (const std::string& secret : secrets_) {
        if (absl::StrContains(line, secret)) found.push_back(absl::StrCat(program, ": ", line));
      }
    }
  }
  return found;
}

std::string Arena::NewTaxCode() {
  return suite::NthTaxCode("37", 1'000'000, static_cast<uint64_t>(++organizations_));
}

}  // namespace eid::crash
