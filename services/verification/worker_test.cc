// SPDX-License-Identifier: Apache-2.0
#include "services/verification/worker.h"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "services/verification/testing/fakes.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

using eid::testing::Value;
using testing::FakeRegistry;
using testing::LookupOf;
using testing::Request;
using testing::Rig;
using v1::Verification;

const absl::Status kDown = absl::UnavailableError("down");

TEST_CASE("everything is asked at once, and concludes when everything has answered") {
  Rig rig;
  rig.population.Hold(true);
  rig.business.Hold(true);
  const Verification opened = Value(rig.Ensure(Request("r-1")));
  CHECK(opened.state() == Verification::STATE_IN_PROGRESS);
  CHECK(opened.lookups_size() == 2);
  rig.Settle();
  CHECK(rig.population.waiting() == 1);
  CHECK(rig.business.waiting() == 1);

  rig.population.AnswerAll();
  rig.Settle();
  const Verification half = Value(rig.Get("r-1.1"));
  CHECK(half.state() == Verification::STATE_IN_PROGRESS);
  CHECK(LookupOf(half, "representative").outcome() == v1::LOOKUP_OUTCOME_MATCH);
  CHECK(LookupOf(half, "organization").outcome() == v1::LOOKUP_OUTCOME_UNSPECIFIED);
  CHECK(half.etag() != opened.etag());

  rig.business.AnswerAll();
  rig.Settle();
  const Verification whole = Value(rig.Get("r-1.1"));
  CHECK(whole.state() == Verification::STATE_CONCLUDED);
  CHECK(whole.result() == v1::VERIFICATION_RESULT_MATCH);
  CHECK(whole.deadline_class() == v1::DEADLINE_CLASS_IN_DATABASE);
  CHECK_FALSE(whole.rule_version().empty());
  CHECK(FromTimestamp(whole.conclude_time()) == rig.clock.TimeNow());
  for (const v1::Lookup& lookup : whole.lookups()) {
    CHECK(lookup.outcome() == v1::LOOKUP_OUTCOME_MATCH);
    CHECK(lookup.attempts() == 1);
    CHECK(lookup.receipt().request_digest().size() == 32);
    CHECK(lookup.receipt().response_digest().size() == 32);
    CHECK(lookup.receipt().record_version() == 7);
    CHECK(FromTimestamp(lookup.receipt().as_of_time()) == rig.clock.TimeNow());
  }
  CHECK(rig.special.calls() == 0);
}

TEST_CASE("nothing of a person is kept beyond what the verdicts need") {
  Rig rig;
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.Settle();
  const auto row = Value(Verifications().Get(*rig.database->Read(), kv::KeyOf("r-1.1")));
  CHECK_FALSE(row.has_dossier());
  const std::string bytes = row.SerializeAsString();
  CHECK(bytes.find(testing::kPersonalId) == std::string::npos);
  CHECK(bytes.find("Núi Xanh") == std::string::npos);
  CHECK(bytes.find("0912345678") == std::string::npos);
}

TEST_CASE(
    "a registry that is down is unavailable, never not found, and is asked until it answers") {
  Rig rig;
  rig.business.Fail(kDown);
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.RunUntil(rig.clock.TimeNow() + absl::Hours(2));
  const Verification waiting = Value(rig.Get("r-1.1"));
  CHECK(waiting.state() == Verification::STATE_IN_PROGRESS);
  CHECK(waiting.deadline_class() == v1::DEADLINE_CLASS_UNSPECIFIED);
  const v1::Lookup& lookup = LookupOf(waiting, "organization");
  CHECK(lookup.outcome() == v1::LOOKUP_OUTCOME_UNAVAILABLE);
  CHECK(lookup.attempts() > 10);
  CHECK(lookup.has_next_attempt_time());
  CHECK_FALSE(lookup.has_receipt());
  CHECK(LookupOf(waiting, "representative").outcome() == v1::LOOKUP_OUTCOME_MATCH);
  CHECK(rig.population.calls() == 1);

  rig.business.Fail(absl::OkStatus());
  // Nobody sits out a long wait: the circuit asks again within its own, shorter time.
  rig.RunUntil(rig.clock.TimeNow() + absl::Seconds(8));
  const Verification done = Value(rig.Get("r-1.1"));
  CHECK(done.state() == Verification::STATE_CONCLUDED);
  CHECK(done.result() == v1::VERIFICATION_RESULT_MATCH);
  CHECK(done.deadline_class() == v1::DEADLINE_CLASS_IN_DATABASE);
  CHECK_FALSE(LookupOf(done, "organization").has_next_attempt_time());
}

TEST_CASE("not answering in time, malformed answers and errors of any kind are unavailable") {
  const auto status = GENERATE(
      values<absl::Status>({absl::DeadlineExceededError("late"), absl::InternalError("broken"),
                            absl::PermissionDeniedError("no"), absl::InvalidArgumentError("what?"),
                            absl::NotFoundError("no such method"), absl::CancelledError("gone")}));
  Rig rig;
  rig.business.Fail(status);
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.Settle();
  CHECK(LookupOf(Value(rig.Get("r-1.1")), "organization").outcome() ==
        v1::LOOKUP_OUTCOME_UNAVAILABLE);
  rig.business.Fail(absl::OkStatus());
  rig.RunUntil(rig.clock.TimeNow() + absl::Seconds(8));
  CHECK(Value(rig.Get("r-1.1")).state() == Verification::STATE_CONCLUDED);
}

TEST_CASE("an answer that makes no sense is no answer") {
  using Response = registry::v1::LookupOrganizationResponse;
  const std::vector<std::function<void(Response&)>> mangles = {
      [](Response& r) { r.clear_organization(); },
      [](Response& r) { r.mutable_organization()->set_tax_code("0100233488"); },
      [](Response& r) { r.clear_source(); },
      [](Response& r) { r.mutable_source()->clear_as_of_time(); },
      [](Response& r) { r.mutable_source()->mutable_as_of_time()->set_nanos(-5); },
  };
  for (const auto& mangle : mangles) {
    Rig rig;
    rig.business.Mangle(mangle);
    REQUIRE_OK(rig.Ensure(Request("r-1")));
    rig.Settle();
    const Verification verification = Value(rig.Get("r-1.1"));
    CHECK(LookupOf(verification, "organization").outcome() == v1::LOOKUP_OUTCOME_UNAVAILABLE);
    CHECK(verification.state() == Verification::STATE_IN_PROGRESS);
  }
}

TEST_CASE("what no registry knows is not found, with the longer period") {
  Rig rig;
  dossier::v1::Dossier dossier = testing::Dossier();
  dossier.set_tax_code("0100233488");
  dossier.set_business_code("0100233488");
  REQUIRE_OK(rig.Ensure(Request("r-1", dossier)));
  rig.Settle();
  const Verification done = Value(rig.Get("r-1.1"));
  CHECK(done.result() == v1::VERIFICATION_RESULT_NOT_FOUND);
  CHECK(done.deadline_class() == v1::DEADLINE_CLASS_TO_BE_VERIFIED);
  CHECK(LookupOf(done, "organization").outcome() == v1::LOOKUP_OUTCOME_NOT_FOUND);
  CHECK(LookupOf(done, "organization").has_receipt());
}

TEST_CASE("a former document needs both answers, in whatever order they come") {
  const bool population_first = GENERATE(true, false);
  Rig rig;
  registry::v1::PersonRecord person = testing::Person();
  testing::AddFormer(registry::v1::FORMER_DOCUMENT_KIND_PASSPORT, "B1234567", person);
  rig.population.Put(person);
  registry::v1::OrganizationRecord organization = testing::Organization();
  *organization.mutable_representatives(0) =
      testing::RegisteredBy(person, registry::v1::REGISTERED_DOCUMENT_KIND_PASSPORT, "B1234567");
  rig.business.Put(organization);
  FakeRegistry& late = population_first ? rig.business : rig.population;
  late.Hold(true);
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.Settle();
  late.Hold(false);
  rig.Settle();
  const Verification done = Value(rig.Get("r-1.1"));
  CHECK(done.result() == v1::VERIFICATION_RESULT_MISMATCH);
  CHECK(LookupOf(done, "organization").outcome() == v1::LOOKUP_OUTCOME_MISMATCH);
  CHECK(std::count_if(done.verdicts().begin(), done.verdicts().end(), [](const auto& verdict) {
          return verdict.reason() == v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT;
        }) == 1);
}

TEST_CASE("an answer that comes twice counts once") {
  Rig rig;
  rig.business.AnswerTwice();
  rig.population.AnswerTwice();
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.Settle();
  const Verification done = Value(rig.Get("r-1.1"));
  CHECK(done.result() == v1::VERIFICATION_RESULT_MATCH);
  for (const v1::Lookup& lookup : done.lookups()) CHECK(lookup.attempts() == 1);
}

TEST_CASE("old data is used, and every verdict says how old") {
  Rig rig;
  rig.business.Lag(absl::Hours(24 * 400));
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.Settle();
  const Verification done = Value(rig.Get("r-1.1"));
  CHECK(done.result() == v1::VERIFICATION_RESULT_MATCH);
  for (const v1::FieldVerdict& verdict : done.verdicts()) {
    const absl::Duration age = rig.clock.TimeNow() - FromTimestamp(verdict.as_of_time());
    CHECK(age ==
          (verdict.registry_id() == "business" ? absl::Hours(24 * 400) : absl::ZeroDuration()));
  }
}

TEST_CASE("a registry that comes and goes: everybody concludes, nothing turns into not found") {
  Rig rig;
  for (int i = 0; i < 50; ++i) REQUIRE_OK(rig.Ensure(Request(absl::StrCat("r-", i))));
  for (int turn = 0; turn < 20; ++turn) {
    rig.business.Fail(turn % 3 == 2 ? absl::OkStatus() : kDown);
    rig.population.Fail(turn % 4 == 3 ? absl::OkStatus() : absl::DeadlineExceededError("late"));
    rig.RunUntil(rig.clock.TimeNow() + absl::Seconds(turn));
  }
  rig.business.Fail(absl::OkStatus());
  rig.population.Fail(absl::OkStatus());
  rig.RunUntil(rig.clock.TimeNow() + absl::Seconds(16));
  for (int i = 0; i < 50; ++i) {
    const Verification done = Value(rig.Get(absl::StrCat("r-", i, ".1")));
    CHECK(done.state() == Verification::STATE_CONCLUDED);
    CHECK(done.result() == v1::VERIFICATION_RESULT_MATCH);
  }
}

TEST_CASE("a registry that is away is asked by one at a time, and new ones are marked at once") {
  Rig rig;
  rig.business.Fail(kDown);
  for (int i = 0; i < 20; ++i) REQUIRE_OK(rig.Ensure(Request(absl::StrCat("r-", i))));
  rig.Settle();
  // All that were under way when the circuit opened, or what it takes to open it.
  const int calls = rig.business.calls();
  CHECK(calls >= 3);
  REQUIRE_OK(rig.Ensure(Request("late")));
  rig.Settle();
  CHECK(rig.business.calls() == calls);
  const v1::Lookup lookup = LookupOf(Value(rig.Get("late.1")), "organization");
  CHECK(lookup.outcome() == v1::LOOKUP_OUTCOME_UNAVAILABLE);
  CHECK(lookup.attempts() == 0);
  rig.RunUntil(rig.clock.TimeNow() + absl::Seconds(2));
  CHECK(rig.business.calls() == calls + 1);
}

TEST_CASE("look-ups under way are bounded, and a slow registry takes nothing from the others") {
  Rig::Options options;
  options.registry.max_in_flight = 8;
  Rig rig(options);
  rig.business.Hold(true);
  for (int i = 0; i < 40; ++i) REQUIRE_OK(rig.Ensure(Request(absl::StrCat("r-", i))));
  rig.Settle();
  CHECK(rig.business.waiting() == 8);
  CHECK(rig.population.calls() == 40);
  while (rig.business.AnswerAll() > 0) rig.Settle();
  CHECK(rig.business.calls() == 40);
  CHECK(rig.business.most_waiting() == 8);
  for (int i = 0; i < 40; ++i) {
    CHECK(Value(rig.Get(absl::StrCat("r-", i, ".1"))).state() == Verification::STATE_CONCLUDED);
  }
}

TEST_CASE("those who waited leave room for those who come") {
  Rig::Options options;
  options.registry.max_in_flight = 8;
  options.registry.circuit.failures_to_open = 1000;
  Rig rig(options);
  rig.business.Fail(kDown);
  for (int i = 0; i < 40; ++i) REQUIRE_OK(rig.Ensure(Request(absl::StrCat("old-", i))));
  rig.Settle();
  rig.business.Fail(absl::OkStatus());
  rig.business.Hold(true);
  rig.clock.Advance(absl::Seconds(1));
  for (int i = 0; i < 4; ++i) REQUIRE_OK(rig.Ensure(Request(absl::StrCat("new-", i))));
  rig.Settle();
  CHECK(rig.business.waiting() == 8);
  rig.business.AnswerAll();
  rig.Settle();
  for (int i = 0; i < 4; ++i) {
    CHECK(Value(rig.Get(absl::StrCat("new-", i, ".1"))).state() == Verification::STATE_CONCLUDED);
  }
  rig.business.Hold(false);
}

TEST_CASE("a worker that ends drops what comes later, and the next one asks again") {
  Rig rig;
  rig.business.Hold(true);
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  {
    Worker first(*rig.database, rig.clock, {}, {&rig.business_registry});
    first.Dispatch();
    CHECK(rig.business.waiting() == 1);
  }
  rig.business.Hold(false);
  CHECK(LookupOf(Value(rig.Get("r-1.1")), "organization").outcome() ==
        v1::LOOKUP_OUTCOME_UNSPECIFIED);
  rig.Settle();
  CHECK(Value(rig.Get("r-1.1")).state() == Verification::STATE_CONCLUDED);
  CHECK(rig.business.calls() == 2);
}

TEST_CASE("a worker that begins asks at once what waits, however long the waits") {
  Rig rig;
  rig.business.Fail(kDown);
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.RunUntil(rig.clock.TimeNow() + absl::Hours(1));
  rig.business.Fail(absl::OkStatus());
  Registry reborn("business", rig.business, {}, rig.clock);
  Worker next(*rig.database, rig.clock, {}, {&reborn});
  const int calls = rig.business.calls();
  next.Dispatch();
  CHECK(rig.business.calls() == calls + 1);
  REQUIRE_OK(rig.database->TransactAndWait([](kv::Txn&) { return absl::OkStatus(); }));
  CHECK(Value(rig.Get("r-1.1")).state() == Verification::STATE_CONCLUDED);
}

TEST_CASE("the thread: many verifications, answers from elsewhere, each look-up asked once") {
  Rig::Options options;
  options.registry.max_in_flight = 16;
  Rig rig(options);
  rig.business.Hold(true);
  rig.population.Hold(true);
  constexpr int kCount = 200;

  absl::Mutex mu;
  uint64_t revision = 0;
  bool stop = false;
  const kv::Subscription subscription = rig.database->feed().Subscribe([&](uint64_t last) {
    absl::MutexLock lock(&mu);
    revision = last;
  });
  std::thread answers([&] {
    while (true) {
      const int given = rig.business.AnswerAll() + rig.population.AnswerAll();
      absl::MutexLock lock(&mu);
      if (given == 0) mu.AwaitWithTimeout(absl::Condition(&stop), absl::Milliseconds(1));
      if (stop) return;
    }
  });
  rig.worker.Start();
  for (int i = 0; i < kCount; ++i) REQUIRE_OK(rig.Ensure(Request(absl::StrCat("r-", i))));
  // Opened, and two answers: a change each.
  {
    const auto settled = [&] { return revision >= 3 * kCount; };
    absl::MutexLock lock(&mu);
    CHECK(mu.AwaitWithTimeout(absl::Condition(&settled), absl::Seconds(60)));
    stop = true;
  }
  answers.join();
  v1::ListVerificationsRequest list;
  list.set_state(Verification::STATE_CONCLUDED);
  list.set_page_size(500);
  CHECK(Value(rig.List(list)).verifications_size() == kCount);
  CHECK(rig.business.calls() == kCount);
  CHECK(rig.population.calls() == kCount);
  CHECK(rig.business.most_waiting() <= 16);
}

}  // namespace
}  // namespace eid::verification
