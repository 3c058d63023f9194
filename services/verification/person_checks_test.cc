// SPDX-License-Identifier: Apache-2.0
#include "services/verification/person_checks.h"

#include <functional>
#include <string>

#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/verification/testing/fakes.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

using eid::testing::Value;
using testing::Rig;

v1::CheckPersonRequest Question() {
  v1::CheckPersonRequest request;
  request.set_personal_id(testing::kPersonalId);
  request.set_full_name("LÊ VĂN NÚI XANH");
  *request.mutable_birth_date() = testing::Date(1990, 1, 2);
  return request;
}

absl::StatusOr<v1::CheckPersonResponse> Check(Rig& rig, PersonChecks& checks,
                                              const v1::CheckPersonRequest& request,
                                              absl::Duration time = absl::Seconds(3)) {
  rpc::Call call = rpc::testing::CallOfService("identity");
  call.deadline = rig.clock.TimeNow() + time;
  return testing::Wait<v1::CheckPersonResponse>(
      [&](rpc::Reply<v1::CheckPersonResponse> reply) { checks.Check(call, request, reply); });
}

struct Case {
  const char* what;
  std::function<void(v1::CheckPersonRequest&, registry::v1::PersonRecord&)> change;
  v1::LookupOutcome outcome;
  const char* field;
  v1::Verdict verdict;
  bool shows_name;
};

TEST_CASE("CheckPerson compares what is declared with the population database") {
  using Request = v1::CheckPersonRequest;
  using Record = registry::v1::PersonRecord;
  const std::vector<Case> cases = {
      {"as it is", [](Request&, Record&) {}, v1::LOOKUP_OUTCOME_MATCH, "full_name",
       v1::VERDICT_MATCH, true},
      {"the phone too", [](Request& r, Record&) { r.set_phone("+84912345678"); },
       v1::LOOKUP_OUTCOME_MATCH, "phone", v1::VERDICT_MATCH, true},
      {"another's phone", [](Request& r, Record&) { r.set_phone("0987654321"); },
       v1::LOOKUP_OUTCOME_MISMATCH, "phone", v1::VERDICT_MISMATCH, true},
      {"no phone known",
       [](Request& r, Record& p) {
         r.set_phone("0987654321");
         p.clear_phone();
       },
       v1::LOOKUP_OUTCOME_MATCH, "phone", v1::VERDICT_NOT_AVAILABLE, true},
      {"another name", [](Request& r, Record&) { r.set_full_name("Lê Văn Nui Xanh"); },
       v1::LOOKUP_OUTCOME_MISMATCH, "full_name", v1::VERDICT_MISMATCH, false},
      {"another day of birth",
       [](Request& r, Record&) { *r.mutable_birth_date() = testing::Date(1990, 1, 3); },
       v1::LOOKUP_OUTCOME_MISMATCH, "birth_date", v1::VERDICT_MISMATCH, false},
      {"dead", [](Request&, Record& p) { p.set_state(registry::v1::PERSON_STATE_DECEASED); },
       v1::LOOKUP_OUTCOME_MISMATCH, "personal_id", v1::VERDICT_MISMATCH, true},
      {"nobody", [](Request& r, Record&) { r.set_personal_id(testing::kThirdPersonalId); },
       v1::LOOKUP_OUTCOME_NOT_FOUND, "personal_id", v1::VERDICT_MISMATCH, false},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    Rig rig;
    PersonChecks checks(rig.population_registry, rig.clock, 4);
    v1::CheckPersonRequest request = Question();
    registry::v1::PersonRecord person = testing::Person();
    c.change(request, person);
    rig.population.Put(person);
    const v1::CheckPersonResponse response = Value(Check(rig, checks, request));
    CHECK(response.outcome() == c.outcome);
    CHECK(response.registered_full_name() == (c.shows_name ? person.full_name() : ""));
    CHECK(response.has_card_expiry_date() == c.shows_name);
    CHECK(response.has_as_of_time());
    bool found = false;
    for (const v1::FieldVerdict& verdict : response.verdicts()) {
      if (verdict.field() != c.field) continue;
      found = true;
      CHECK(verdict.verdict() == c.verdict);
    }
    CHECK(found);
    CHECK(rig.database->revision() == 0);
  }
}

TEST_CASE("CheckPerson: no answer is UNAVAILABLE with a time to retry, and opens the circuit") {
  Rig rig;
  PersonChecks checks(rig.population_registry, rig.clock, 4);
  rig.population.Fail(absl::UnavailableError("down"));
  for (int i = 0; i < 5; ++i) {
    const absl::Status status = Check(rig, checks, Question()).status();
    CHECK(status.code() == absl::StatusCode::kUnavailable);
    CHECK(HasReason(status, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
    CHECK(DetailOf<google::rpc::RetryInfo>(status).has_value());
  }
  CHECK(rig.population.calls() == 3);
  rig.population.Fail(absl::OkStatus());
  rig.clock.Advance(absl::Seconds(2));
  CHECK_OK(Check(rig, checks, Question()));
}

TEST_CASE("CheckPerson: a caller in a hurry says nothing about the registry") {
  Rig rig;
  PersonChecks checks(rig.population_registry, rig.clock, 4);
  rig.population.Fail(absl::DeadlineExceededError("late"));
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(Check(rig, checks, Question(), absl::Milliseconds(50)).ok());
  }
  CHECK(rig.population.calls() == 5);
  CHECK(rig.population_registry.is_closed());
  CHECK_FALSE(Check(rig, checks, Question(), absl::Milliseconds(10)).ok());
  CHECK(rig.population.calls() == 5);
}

TEST_CASE("CheckPerson: only so many wait at once") {
  Rig rig;
  PersonChecks checks(rig.population_registry, rig.clock, 2);
  rig.population.Hold(true);
  rpc::Call call = rpc::testing::CallOfService("identity");
  call.deadline = rig.clock.TimeNow() + absl::Seconds(3);
  int answered = 0;
  const rpc::Reply<v1::CheckPersonResponse> reply([](absl::StatusOr<v1::CheckPersonResponse>) {});
  for (int i = 0; i < 2; ++i) {
    checks.Check(call, Question(),
                 rpc::Reply<v1::CheckPersonResponse>(
                     [&](const absl::StatusOr<v1::CheckPersonResponse>& response) {
                       answered += response.ok();
                     }));
  }
  const absl::Status status = Check(rig, checks, Question()).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(HasReason(status, policy::v1::COMMON_REASON_OVERLOADED));
  rig.population.Hold(false);
  CHECK(answered == 2);
  CHECK_OK(Check(rig, checks, Question()));
  reply(absl::CancelledError());
}

TEST_CASE("a recovery that CheckPerson noticed sets the worker going") {
  Rig rig;
  PersonChecks checks(rig.population_registry, rig.clock, 4);
  rig.population.Fail(absl::UnavailableError("down"));
  REQUIRE_OK(rig.Ensure(testing::Request("r-1")));
  rig.RunUntil(rig.clock.TimeNow() + absl::Hours(1));
  rig.population.Fail(absl::OkStatus());
  rig.population_registry.ProbeNow();
  CHECK_OK(Check(rig, checks, Question()));
  rig.Settle();
  CHECK(Value(rig.Get("r-1.1")).state() == v1::Verification::STATE_CONCLUDED);
}

}  // namespace
}  // namespace eid::verification
