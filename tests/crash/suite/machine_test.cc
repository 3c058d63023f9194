// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/machine.h"

#include "common/testing/catch.h"

namespace eid::crash {
namespace {

using State = Registration::State;

struct Case {
  Place from;
  Place to;
  bool leads;
};

TEST_CASE("an observer may miss steps, but sees no step that the state machine does not have") {
  const auto& c = GENERATE(values<Case>({
      {{0, Registration::STATE_DRAFT}, {0, Registration::STATE_DRAFT}, true},
      {{0, Registration::STATE_DRAFT}, {1, Registration::STATE_VERIFYING}, true},
      {{0, Registration::STATE_DRAFT}, {1, Registration::STATE_ISSUED}, true},
      {{0, Registration::STATE_DRAFT}, {0, Registration::STATE_ISSUED}, false},
      {{0, Registration::STATE_DRAFT}, {2, Registration::STATE_ISSUED}, true},
      {{1, Registration::STATE_VERIFYING}, {0, Registration::STATE_DRAFT}, false},
      {{1, Registration::STATE_UNDER_REVIEW}, {1, Registration::STATE_VERIFYING}, false},
      {{1, Registration::STATE_UNDER_REVIEW}, {2, Registration::STATE_VERIFYING}, true},
      {{2, Registration::STATE_VERIFYING}, {1, Registration::STATE_UNDER_REVIEW}, false},
      {{1, Registration::STATE_ISSUING}, {1, Registration::STATE_REJECTED}, false},
      {{1, Registration::STATE_ISSUED}, {1, Registration::STATE_ISSUED}, true},
      {{1, Registration::STATE_ISSUED}, {1, Registration::STATE_REJECTED}, false},
      {{1, Registration::STATE_SUPPLEMENT_REQUIRED}, {1, Registration::STATE_WITHDRAWN}, true},
      {{1, Registration::STATE_WITHDRAWN}, {2, Registration::STATE_VERIFYING}, false},
  }));
  INFO(NameOf(c.from) << " to " << NameOf(c.to));
  CHECK(Leads(c.from, c.to) == c.leads);
}

TEST_CASE("four states are final") {
  int count = 0;
  for (int value = Registration::STATE_DRAFT; value <= Registration::STATE_EXPIRED; ++value) {
    count += IsFinal(static_cast<State>(value));
  }
  CHECK(count == 4);
  CHECK(IsFinal(Registration::STATE_ISSUED));
}

}  // namespace
}  // namespace eid::crash
