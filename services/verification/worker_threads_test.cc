// SPDX-License-Identifier: Apache-2.0
// The worker with registries that answer on threads of their own, and fail: for ThreadSanitizer too.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/testing/committed.h"
#include "common/sync/worker_pool.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "services/verification/progress.h"
#include "services/verification/registry.h"
#include "services/verification/registry_peer.h"
#include "services/verification/store.h"
#include "services/verification/worker.h"

namespace eid::verification {
namespace {

using eid::testing::Value;

constexpr int kVerifications = 30;

// Knows nobody; every fourth question fails, and every third is answered twice.
class BusyRegistry final : public RegistryPeer {
 public:
  explicit BusyRegistry(const Clock& clock) : clock_(clock) {}

  void LookupPerson(
      const registry::v1::LookupPersonRequest&, absl::Duration,
      std::function<void(absl::StatusOr<registry::v1::LookupPersonResponse>)> done) override {
    Answer<registry::v1::LookupPersonResponse>(std::move(done));
  }
  void LookupOrganization(
      const registry::v1::LookupOrganizationRequest&, absl::Duration,
      std::function<void(absl::StatusOr<registry::v1::LookupOrganizationResponse>)> done) override {
    Answer<registry::v1::LookupOrganizationResponse>(std::move(done));
  }

 private:
  template <class Response>
  void Answer(std::function<void(absl::StatusOr<Response>)> done) {
    const int call = ++calls_;
    Response response;
    response.mutable_source()->set_registry_id("registry");
    *response.mutable_source()->mutable_as_of_time() = ToTimestamp(clock_.TimeNow());
    const auto answer = [=] {
      if (call % 4 == 0) return done(absl::UnavailableError("away"));
      done(response);
      if (call % 3 == 0) done(response);
    };
    if (!pool_.Submit(answer)) answer();
  }

  const Clock& clock_;
  std::atomic<int> calls_ = 0;
  WorkerPool pool_{{.name = "registry", .threads = 2, .max_queue = 256}};
};

int CountConcluded(const kv::Database& database) {
  int concluded = 0;
  CHECK_OK(Verifications().Scan(
      *database.Read(), {}, [&](const VerificationRow& row, absl::string_view) {
        if (row.verification().state() == v1::Verification::STATE_CONCLUDED) ++concluded;
        return true;
      }));
  return concluded;
}

v1::EnsureVerificationRequest Request(int i) {
  v1::EnsureVerificationRequest request;
  request.set_registration_id(absl::StrCat("registration-", i));
  request.set_verification_id(absl::StrCat("registration-", i, ".1"));
  request.mutable_dossier()->set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  request.mutable_dossier()->set_tax_code("0100109106");
  request.mutable_dossier()->mutable_representative()->set_personal_id("001090123456");
  return request;
}

TEST_CASE("verifications conclude though registries fail, and answer on all threads", "[threads]") {
  FakeClock clock;
  const auto database = Value(kv::Database::Open({.in_memory = true, .clock = &clock}));
  BusyRegistry people(clock), businesses(clock);
  const Registry::Options options{
      .max_in_flight = 8,
      .circuit = {.failures_to_open = 2, .open = absl::Seconds(1), .max_open = absl::Seconds(2)}};
  Registry population("population", people, options, clock);
  Registry business("business", businesses, options, clock);
  const Routing routing{
      .population = "population",
      .organizations = {{dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, {"business"}}}};
  Worker worker(*database, clock, {.initial = absl::Seconds(1), .max = absl::Seconds(4)},
                {&population, &business});
  worker.Start();
  std::atomic<bool> done = false;
  // Time passes: what failed becomes due, circuits let a question through again.
  std::thread time([&] {
    while (!done) {
      clock.Advance(absl::Milliseconds(100));
      worker.Wake();
      population.ProbeNow();
      business.retry_time();
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < kVerifications; ++i) {
    CHECK_OK(database
                 ->TransactAndWait([&](kv::Txn& txn) {
                   VerificationRow row = Open(Request(i), routing, txn.time());
                   return Save(txn, row);
                 })
                 .status());
  }
  kv::testing::WaitUntil(*database, [&] { return CountConcluded(*database) == kVerifications; });
  done = true;
  time.join();
}

}  // namespace
}  // namespace eid::verification
