// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/load.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace eid::crash {

using identity::v1::AccountService;

absl::StatusOr<std::unique_ptr<Load>> Load::Begin(Arena& arena, LoadOptions options) {
  std::unique_ptr<Load> load(new Load(arena, std::move(options)));
  for (int lane = 0; lane < arena.lanes(); ++lane) {
    ASSIGN_OR_RETURN(std::unique_ptr<suite::Person> person, arena.NewApplicant());
    ASSIGN_OR_RETURN(std::unique_ptr<suite::Person> session, person->AnotherSession());
    const auto place = static_cast<size_t>(lane);
    load->applicants_.push_back(std::make_unique<Applicant>(
        load->shared(), *person, arena.crew(place), lane, load->options_.seed + 10 * place));
    load->followers_.push_back(std::make_unique<Follower>(load->shared(), std::move(session)));
    load->people_.push_back(std::move(person));
  }
  for (const auto& applicant : load->applicants_) {
    load->threads_.emplace_back([&load = *load, &applicant] { applicant->Run(load.stopping_); });
  }
  for (const auto& follower : load->followers_) {
    load->follower_threads_.emplace_back(
        [&load = *load, &follower] { follower->Run(load.ended_); });
  }
  if (load->options_.enrol) load->threads_.emplace_back([&load = *load] { load.Enrol(); });
  return load;
}

void Load::Enrol() {
  Caller officer(arena_.intake(), "intake", journal_, options_.patience, options_.seed + 1);
  while (!stopping_ && !journal_.violated()) {
    const absl::StatusOr<suite::PersonData> data = arena_.NewPerson();
    if (!data.ok()) {
      journal_.Violate(Invariant::kHarness, absl::StrCat("nobody new: ", data.status().message()));
      return;
    }
    const suite::Person person(*data, arena_.world().gateway(), arena_.world().outside());
    const absl::StatusOr<identity::v1::Account> account = officer.Change(
        *officer.person().accounts, &AccountService::Stub::EnrollAccount, person.Enrolment());
    if (account.ok()) ledger_.Put(*account);
    // As fast as the others get on.
    journal_.AwaitAcks(6, absl::Milliseconds(500));
  }
}

void Load::Finish() {
  if (std::exchange(finished_, true)) return;
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  ended_ = true;
  for (std::thread& thread : follower_threads_) thread.join();
  if (journal_.violated()) return;
  std::vector<suite::Person*> applicants;
  for (const auto& person : people_) applicants.push_back(person.get());
  CheckStores(shared(), applicants);
}

Load::~Load() {
  if (!finished_) journal_.Violate(Invariant::kHarness, "given up");
  Finish();
}

}  // namespace eid::crash
