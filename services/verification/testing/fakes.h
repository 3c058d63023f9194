// SPDX-License-Identifier: Apache-2.0
// Registries that a test holds in its hand, and everything around the worker, for this service's tests.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/kv/database.h"
#include "common/rpc/testing/calls.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "services/verification/operations.h"
#include "services/verification/registry.h"
#include "services/verification/store.h"
#include "services/verification/worker.h"

namespace eid::verification::testing {

// Answers at once and truly, unless told otherwise. Thread-safe.
class FakeRegistry : public RegistryPeer {
 public:
  // `clock` outlives this.
  FakeRegistry(std::string registry_id, const Clock& clock)
      : registry_id_(std::move(registry_id)), clock_(clock) {}

  void Put(const registry::v1::PersonRecord& person);
  void Put(const registry::v1::OrganizationRecord& organization);
  // Every answer is this error until it is OK.
  void Fail(absl::Status status);
  // Answers wait until AnswerAll, or until Hold(false).
  void Hold(bool hold);
  // Every answer comes twice, the second time saying that there is no such record.
  void AnswerTwice();
  // Every answer is mangled by this before it goes out.
  void Mangle(std::function<void(registry::v1::LookupOrganizationResponse&)> mangle);
  // How far the data lags behind.
  void Lag(absl::Duration lag);
  // Gives the answers that wait; says how many.
  int AnswerAll();

  int calls() const;
  // The most that waited at once.
  int most_waiting() const;
  int waiting() const;

  void LookupPerson(
      const registry::v1::LookupPersonRequest& request, absl::Duration timeout,
      std::function<void(absl::StatusOr<registry::v1::LookupPersonResponse>)> done) override;
  void LookupOrganization(
      const registry::v1::LookupOrganizationRequest& request, absl::Duration timeout,
      std::function<void(absl::StatusOr<registry::v1::LookupOrganizationResponse>)> done) override;

 private:
  void Answer(std::function<void()> answer);
  registry::v1::RecordSource Source() const;

  const std::string registry_id_;
  const Clock& clock_;
  mutable absl::Mutex mu_;
  std::map<std::string, registry::v1::PersonRecord> people_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, registry::v1::OrganizationRecord> organizations_ ABSL_GUARDED_BY(mu_);
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  bool hold_ ABSL_GUARDED_BY(mu_) = false;
  bool twice_ ABSL_GUARDED_BY(mu_) = false;
  std::function<void(registry::v1::LookupOrganizationResponse&)> mangle_ ABSL_GUARDED_BY(mu_);
  absl::Duration lag_ ABSL_GUARDED_BY(mu_);
  std::vector<std::function<void()>> waiting_ ABSL_GUARDED_BY(mu_);
  int calls_ ABSL_GUARDED_BY(mu_) = 0;
  int most_waiting_ ABSL_GUARDED_BY(mu_) = 0;
};

// A verification service without a wire: store, registries "population", "business" and "special" with the records of
// samples.h, worker (not started) and operations.
class Rig {
 public:
  struct Options {
    kv::DatabaseOptions database = {.in_memory = true};
    Registry::Options registry = {
        .timeout = absl::Seconds(5),
        .max_in_flight = 64,
        .circuit = {.failures_to_open = 3, .open = absl::Seconds(2), .max_open = absl::Seconds(8)}};
    RetryOptions retry = {.initial = absl::Seconds(1), .max = absl::Minutes(5)};
  };
  Rig() : Rig(Options()) {}
  explicit Rig(Options options);

  // Looks at the queue until nothing moves any more.
  void Settle();
  // Settles at each moment when something becomes due, until `until`.
  void RunUntil(absl::Time until);

  absl::StatusOr<v1::Verification> Ensure(const v1::EnsureVerificationRequest& request);
  absl::StatusOr<v1::Verification> Get(const std::string& verification_id);
  absl::StatusOr<v1::ListVerificationsResponse> List(const v1::ListVerificationsRequest& request);
  absl::StatusOr<v1::Verification> Retry(const std::string& verification_id,
                                         const std::string& request_id = "request-1");

  FakeClock clock;
  std::unique_ptr<kv::Database> database;
  FakeRegistry population;
  FakeRegistry business;
  FakeRegistry special;
  Registry population_registry;
  Registry business_registry;
  Registry special_registry;
  Worker worker;
  Operations operations;
  rpc::Call call;
};

Routing SampleRouting();

// Waits for the answer of an operation.
template <class Response>
absl::StatusOr<Response> Wait(std::function<void(rpc::Reply<Response>)> operation) {
  absl::Mutex mu;
  bool done = false;
  absl::StatusOr<Response> result;
  operation(rpc::Reply<Response>([&](absl::StatusOr<Response> answer) {
    absl::MutexLock lock(&mu);
    result = std::move(answer);
    done = true;
  }));
  absl::MutexLock lock(&mu);
  mu.Await(absl::Condition(&done));
  return result;
}

// The look-up of the subject.
const v1::Lookup& LookupOf(const v1::Verification& verification, absl::string_view subject);

}  // namespace eid::verification::testing
