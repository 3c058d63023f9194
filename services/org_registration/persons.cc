// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/persons.h"

#include <utility>

namespace eid::org_registration {

void Persons::Ask(const rpc::Call& call, People::Done done) {
  people_.GetCaller(call, [this, done = std::move(done)](absl::StatusOr<Person> person) {
    if (person.ok()) Remember(*person);
    done(std::move(person));
  });
}

std::optional<std::string> Persons::Remembered(const rpc::Call& call) const {
  MutexLock lock(mutex_);
  const auto found = numbers_.find(call.account_id());
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void Persons::NumberOf(const rpc::Call& call,
                       std::function<void(absl::StatusOr<std::string>)> done) {
  if (auto number = Remembered(call)) return done(*std::move(number));
  Ask(call, [done = std::move(done)](absl::StatusOr<Person> person) {
    if (!person.ok()) return done(person.status());
    done(person->personal_id);
  });
}

void Persons::Remember(const Person& person) {
  MutexLock lock(mutex_);
  if (!numbers_.emplace(person.account_id, person.personal_id).second) return;
  order_.push_back(person.account_id);
  if (order_.size() <= capacity_) return;
  numbers_.erase(order_.front());
  order_.pop_front();
}

}  // namespace eid::org_registration
