// SPDX-License-Identifier: Apache-2.0
#include "services/verification/testing/fakes.h"

#include <algorithm>
#include <utility>

#include "common/clock/timestamp.h"
#include "services/verification/testing/samples.h"

namespace eid::verification::testing {

using registry::v1::LookupOrganizationRequest;
using registry::v1::LookupOrganizationResponse;
using registry::v1::LookupPersonRequest;
using registry::v1::LookupPersonResponse;

void FakeRegistry::Put(const registry::v1::PersonRecord& person) {
  absl::MutexLock lock(&mu_);
  people_[person.personal_id()] = person;
}

void FakeRegistry::Put(const registry::v1::OrganizationRecord& organization) {
  absl::MutexLock lock(&mu_);
  organizations_[organization.tax_code()] = organization;
}

void FakeRegistry::Fail(absl::Status status) {
  absl::MutexLock lock(&mu_);
  status_ = std::move(status);
}

void FakeRegistry::Hold(bool hold) {
  {
    absl::MutexLock lock(&mu_);
    hold_ = hold;
  }
  if (!hold) AnswerAll();
}

void FakeRegistry::AnswerTwice() {
  absl::MutexLock lock(&mu_);
  twice_ = true;
}

void FakeRegistry::Mangle(std::function<void(LookupOrganizationResponse&)> mangle) {
  absl::MutexLock lock(&mu_);
  mangle_ = std::move(mangle);
}

void FakeRegistry::Lag(absl::Duration lag) {
  absl::MutexLock lock(&mu_);
  lag_ = lag;
}

int FakeRegistry::AnswerAll() {
  std::vector<std::function<void()>> answers;
  {
    absl::MutexLock lock(&mu_);
    answers.swap(waiting_);
  }
  for (const auto& answer : answers) answer();
  return static_cast<int>(answers.size());
}

int FakeRegistry::calls() const {
  absl::MutexLock lock(&mu_);
  return calls_;
}

int FakeRegistry::most_waiting() const {
  absl::MutexLock lock(&mu_);
  return most_waiting_;
}

int FakeRegistry::waiting() const {
  absl::MutexLock lock(&mu_);
  return static_cast<int>(waiting_.size());
}

registry::v1::RecordSource FakeRegistry::Source() const {
  registry::v1::RecordSource source;
  source.set_registry_id(registry_id_);
  source.set_record_version(7);
  absl::MutexLock lock(&mu_);
  *source.mutable_as_of_time() = ToTimestamp(clock_.TimeNow() - lag_);
  return source;
}

void FakeRegistry::Answer(std::function<void()> answer) {
  {
    absl::MutexLock lock(&mu_);
    ++calls_;
    if (hold_) {
      waiting_.push_back(std::move(answer));
      most_waiting_ = std::max(most_waiting_, static_cast<int>(waiting_.size()));
      return;
    }
  }
  answer();
}

void FakeRegistry::LookupPerson(const LookupPersonRequest& request, absl::Duration,
                                std::function<void(absl::StatusOr<LookupPersonResponse>)> done) {
  Answer([this, request, done] {
    LookupPersonResponse response;
    *response.mutable_source() = Source();
    absl::Status status;
    bool twice = false;
    {
      absl::MutexLock lock(&mu_);
      status = status_;
      twice = twice_;
      const auto found = people_.find(request.personal_id());
      response.set_found(found != people_.end());
      if (response.found()) *response.mutable_person() = found->second;
    }
    if (!status.ok()) return done(status);
    done(response);
    response.clear_found();
    if (twice) done(response);
  });
}

void FakeRegistry::LookupOrganization(
    const LookupOrganizationRequest& request, absl::Duration,
    std::function<void(absl::StatusOr<LookupOrganizationResponse>)> done) {
  Answer([this, request, done] {
    LookupOrganizationResponse response;
    *response.mutable_source() = Source();
    absl::Status status;
    bool twice = false;
    {
      absl::MutexLock lock(&mu_);
      status = status_;
      twice = twice_;
      const auto found = organizations_.find(request.tax_code());
      response.set_found(found != organizations_.end());
      if (response.found()) *response.mutable_organization() = found->second;
      if (mangle_) mangle_(response);
    }
    if (!status.ok()) return done(status);
    done(response);
    response.clear_found();
    if (twice) done(response);
  });
}

Routing SampleRouting() {
  Routing routing;
  routing.population = "population";
  for (int category = dossier::v1::OrganizationCategory_MIN + 1;
       category <= dossier::v1::OrganizationCategory_MAX; ++category) {
    const bool business = category <= dossier::v1::ORGANIZATION_CATEGORY_BRANCH;
    routing.organizations[category] = {business ? "business" : "special"};
  }
  return routing;
}

Rig::Rig(Options options)
    : database([&] {
        options.database.clock = &clock;
        return eid::testing::Value(kv::Database::Open(options.database));
      }()),
      population("population", clock),
      business("business", clock),
      special("special", clock),
      population_registry("population", population, options.registry, clock),
      business_registry("business", business, options.registry, clock),
      special_registry("special", special, options.registry, clock),
      worker(*database, clock, options.retry,
             {&population_registry, &business_registry, &special_registry}),
      operations(*database, clock, SampleRouting(),
                 [this](absl::string_view registry_id) {
                   for (Registry* registry :
                        {&population_registry, &business_registry, &special_registry}) {
                     if (registry->id() == registry_id) registry->ProbeNow();
                   }
                   worker.Wake();
                 }),
      call(rpc::testing::CallOfService("org_registration")) {
  population.Put(Person());
  population.Put(OtherPerson());
  business.Put(Organization());
}

void Rig::Settle() {
  const auto moved = [this] {
    return static_cast<uint64_t>(population.calls() + business.calls() + special.calls()) +
           database->revision();
  };
  for (int quiet = 0; quiet < 2; ++quiet) {
    const uint64_t before = moved();
    worker.Dispatch();
    // Everything that was handed to the store before this is answered.
    REQUIRE_OK(database->TransactAndWait([](kv::Txn&) { return absl::OkStatus(); }));
    if (moved() != before) quiet = -1;
  }
}

void Rig::RunUntil(absl::Time until) {
  while (true) {
    Settle();
    const absl::Time next = worker.Dispatch();
    if (next > until) break;
    clock.SetTime(std::max(next, clock.TimeNow() + absl::Milliseconds(1)));
  }
  clock.SetTime(until);
  Settle();
}

absl::StatusOr<v1::Verification> Rig::Ensure(const v1::EnsureVerificationRequest& request) {
  return Wait<v1::Verification>(
      [&](rpc::Reply<v1::Verification> reply) { operations.Ensure(call, request, reply); });
}

absl::StatusOr<v1::Verification> Rig::Get(const std::string& verification_id) {
  v1::GetVerificationRequest request;
  request.set_verification_id(verification_id);
  return Wait<v1::Verification>(
      [&](rpc::Reply<v1::Verification> reply) { operations.Get(call, request, reply); });
}

absl::StatusOr<v1::ListVerificationsResponse> Rig::List(
    const v1::ListVerificationsRequest& request) {
  return Wait<v1::ListVerificationsResponse>([&](rpc::Reply<v1::ListVerificationsResponse> reply) {
    operations.List(call, request, reply);
  });
}

absl::StatusOr<v1::Verification> Rig::Retry(const std::string& verification_id,
                                            const std::string& request_id) {
  v1::RetryVerificationRequest request;
  request.set_request_id(request_id);
  request.set_verification_id(verification_id);
  return Wait<v1::Verification>(
      [&](rpc::Reply<v1::Verification> reply) { operations.Retry(call, request, reply); });
}

const v1::Lookup& LookupOf(const v1::Verification& verification, absl::string_view subject) {
  for (const v1::Lookup& lookup : verification.lookups()) {
    if (absl::string_view(lookup.subject()) == subject) return lookup;
  }
  FAIL("no such look-up");
  return verification.lookups(0);
}

}  // namespace eid::verification::testing
