// SPDX-License-Identifier: Apache-2.0
#include "common/kv/mutation.h"

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/kv/testing/things.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::kv::testing {
namespace {

struct World {
  World() : World({.in_memory = true}) {}
  explicit World(DatabaseOptions options) {
    options.clock = &clock;
    store = OpenStore(std::move(options));
  }

  // Puts the thing, answers with it, and counts how often that really ran.
  absl::StatusOr<Thing> Ask(const RequestKey& key, Thing thing, absl::Status error = {}) {
    std::promise<absl::StatusOr<Thing>> answer;
    Mutate<Thing>(
        *store, key,
        [&](Txn& txn) -> absl::StatusOr<Thing> {
          ++runs;
          absl::Status status = Things().Put(txn, thing);
          status.Update(error);
          if (!status.ok()) return status;
          thing.set_text(absl::StrCat("revision ", txn.revision()));
          return thing;
        },
        [&](absl::StatusOr<Thing> response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }

  RequestKey Key(std::string id, const Thing& thing, std::string scope = "scope") const {
    return {.scope = std::move(scope), .request_id = std::move(id), .digest = DigestOf(thing)};
  }

  size_t StoredRequests() const {
    size_t count = 0;
    REQUIRE_OK(store->Read()->Scan(Space::kRequests, {}, [&](absl::string_view, absl::string_view) {
      ++count;
      return true;
    }));
    return count;
  }

  FakeClock clock;
  std::unique_ptr<Database> store;
  int runs = 0;
};

TEST_CASE("a repeated request has its effect once and gets its answer again") {
  World world;
  const Thing thing = MakeThing("a", 1);
  const Thing first = Value(world.Ask(world.Key("r1", thing), thing));
  CHECK(first.text() == "revision 1");
  // The state moves on.
  CHECK_OK(world.Ask(world.Key("r2", thing), MakeThing("a", 2)));
  const Thing again = Value(world.Ask(world.Key("r1", thing), thing));
  CHECK(again.SerializeAsString() == first.SerializeAsString());
  CHECK(world.runs == 2);
  CHECK(Value(Things().Get(*world.store->Read(), KeyOf("a"))).state() == 2);
  CHECK(world.store->revision() == 2);
}

TEST_CASE("a request id is for one request") {
  World world;
  const Thing thing = MakeThing("a", 1);
  const Thing other = MakeThing("b", 1);
  CHECK_OK(world.Ask(world.Key("r", thing), thing));
  const absl::Status reused = world.Ask(world.Key("r", other), other).status();
  CHECK(reused.code() == absl::StatusCode::kInvalidArgument);
  CHECK(HasReason(reused, policy::v1::COMMON_REASON_REQUEST_ID_REUSED));
  CHECK_FALSE(Value(Things().Has(*world.store->Read(), KeyOf("b"))));
  // Somebody else's is another one.
  CHECK_OK(world.Ask(world.Key("r", other, "other scope"), other));
  CHECK(world.runs == 2);
}

TEST_CASE("an error is not kept: the repetition runs") {
  World world;
  const Thing thing = MakeThing("a", 1);
  CHECK(world.Ask(world.Key("r", thing), thing, absl::AbortedError("no")).status().code() ==
        absl::StatusCode::kAborted);
  CHECK(world.StoredRequests() == 0);
  CHECK_OK(world.Ask(world.Key("r", thing), thing));
  CHECK(world.runs == 2);
}

TEST_CASE("without a request id every call runs") {
  World world;
  const Thing thing = MakeThing("a", 1);
  CHECK(Value(world.Ask({}, thing)).text() == "revision 1");
  CHECK(Value(world.Ask({}, thing)).text() == "revision 2");
  CHECK(world.StoredRequests() == 0);
}

TEST_CASE("repetitions in flight run once") {
  World world;
  const Thing thing = MakeThing("a", 1);
  std::promise<absl::StatusOr<Thing>> answers[3];
  int runs = 0;
  {
    const BusyWriter busy(*world.store);
    for (auto& answer : answers) {
      Mutate<Thing>(
          *world.store, world.Key("r", thing),
          [&](Txn& txn) -> absl::StatusOr<Thing> {
            ++runs;
            const absl::Status status = Things().Insert(txn, thing);
            if (!status.ok()) return status;
            return thing;
          },
          [&](absl::StatusOr<Thing> response) { answer.set_value(std::move(response)); });
    }
  }
  for (auto& answer : answers) CHECK(Value(answer.get_future().get()).id() == "a");
  CHECK(runs == 1);
}

TEST_CASE("answers are kept for their time and then cleared away in passing") {
  World world({.in_memory = true, .request_id_ttl = absl::Hours(1)});
  const Thing thing = MakeThing("a", 1);
  for (int i = 0; i < 50; ++i) CHECK_OK(world.Ask(world.Key(absl::StrCat(i), thing), thing));
  world.clock.Advance(absl::Minutes(59));
  CHECK_OK(world.Ask(world.Key("49", thing), thing));
  CHECK(world.runs == 50);

  world.clock.Advance(absl::Minutes(2));
  // Its time is over: it runs anew, and is kept anew.
  CHECK_OK(world.Ask(world.Key("49", thing), thing));
  CHECK(world.runs == 51);
  for (int i = 0; i < 3; ++i) CHECK_OK(world.Ask({}, thing));
  CHECK(world.StoredRequests() == 2);
  CHECK_OK(world.Ask(world.Key("49", thing), thing));
  CHECK(world.runs == 54);
}

TEST_CASE("a clock that was set back does not stop the clearing") {
  World world({.in_memory = true, .request_id_ttl = absl::Hours(1)});
  const Thing thing = MakeThing("a", 1);
  world.clock.Advance(absl::Hours(24 * 365));
  CHECK_OK(world.Ask({}, thing));
  world.clock.Advance(-absl::Hours(24 * 365));
  CHECK_OK(world.Ask(world.Key("r", thing), thing));
  world.clock.Advance(absl::Hours(2));
  CHECK_OK(world.Ask({}, thing));
  CHECK(world.StoredRequests() == 0);
}

TEST_CASE("digests tell requests apart") {
  CHECK(DigestOf(MakeThing("a", 1)) == DigestOf(MakeThing("a", 1)));
  CHECK(DigestOf(MakeThing("a", 1)) != DigestOf(MakeThing("a", 2)));
}

}  // namespace
}  // namespace eid::kv::testing
