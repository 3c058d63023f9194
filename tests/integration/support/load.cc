// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/load.h"

#include "common/testing/matchers.h"
#include "tests/integration/support/applicant.h"

namespace eid::integration {
namespace {

using identity::v1::AuthenticationService;

// A session of the person's beside that of the app: level 1 is enough to look on.
std::string TokenToLookOn(suite::Person& person) {
  identity::v1::LoginRequest request;
  request.set_personal_id(person.data().personal_id);
  request.add_factors()->set_password(person.password());
  return testing::Value(
             suite::Call(*person.authentication, &AuthenticationService::Stub::Login, request))
      .access_token();
}

}  // namespace

Load::Load(Stage& stage, const std::vector<std::string>& personal_ids, uint64_t seed)
    : stage_(stage) {
  suite::World& world = stage.world();
  const auto ask = [this, &world](const Applicant::Officers& officers) {
    absl::MutexLock lock(&officers_);
    return officers(world.reviewer(), world.approver());
  };
  for (const std::string& personal_id : personal_ids) {
    suite::Person& person = stage.Admit(personal_id);
    people_.push_back(&person);
    applicants_.push_back(std::make_unique<Applicant>(world, person, ask, history_, seed++));
    const std::string token = TokenToLookOn(person);
    stage.Secret(token);
    followers_.push_back(std::make_unique<Follower>(world, person, token, history_));
  }
  for (const auto& applicant : applicants_) {
    threads_.emplace_back([this, &applicant] { applicant->Run(stopping_); });
  }
  for (const auto& follower : followers_) {
    follower_threads_.emplace_back([this, &follower] { follower->Run(ended_); });
  }
}

void Load::Finish() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  ended_ = true;
  for (std::thread& thread : follower_threads_) thread.join();
  follower_threads_.clear();
}

Load::~Load() { Finish(); }

}  // namespace eid::integration
