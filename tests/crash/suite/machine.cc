// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/machine.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace eid::crash {
namespace {

using State = Registration::State;

struct Step {
  State from;
  State to;
  // Whether it is a submission.
  bool submits = false;
};

constexpr Step kSteps[] = {
    {Registration::STATE_DRAFT, Registration::STATE_AWAITING_CONSENT, true},
    {Registration::STATE_DRAFT, Registration::STATE_VERIFYING, true},
    {Registration::STATE_DRAFT, Registration::STATE_WITHDRAWN},
    {Registration::STATE_DRAFT, Registration::STATE_EXPIRED},
    {Registration::STATE_AWAITING_CONSENT, Registration::STATE_VERIFYING},
    {Registration::STATE_AWAITING_CONSENT, Registration::STATE_DRAFT},
    {Registration::STATE_AWAITING_CONSENT, Registration::STATE_SUPPLEMENT_REQUIRED},
    {Registration::STATE_AWAITING_CONSENT, Registration::STATE_WITHDRAWN},
    {Registration::STATE_AWAITING_CONSENT, Registration::STATE_EXPIRED},
    {Registration::STATE_VERIFYING, Registration::STATE_UNDER_REVIEW},
    {Registration::STATE_UNDER_REVIEW, Registration::STATE_SUPPLEMENT_REQUIRED},
    {Registration::STATE_UNDER_REVIEW, Registration::STATE_ISSUING},
    {Registration::STATE_UNDER_REVIEW, Registration::STATE_REJECTED},
    {Registration::STATE_SUPPLEMENT_REQUIRED, Registration::STATE_AWAITING_CONSENT, true},
    {Registration::STATE_SUPPLEMENT_REQUIRED, Registration::STATE_VERIFYING, true},
    {Registration::STATE_SUPPLEMENT_REQUIRED, Registration::STATE_WITHDRAWN},
    {Registration::STATE_SUPPLEMENT_REQUIRED, Registration::STATE_EXPIRED},
    {Registration::STATE_ISSUING, Registration::STATE_ISSUED},
};

}  // namespace

Place PlaceOf(const Registration& registration) {
  return {.submission = registration.submission_number(), .state = registration.state()};
}

std::string NameOf(const Place& place) {
  const std::string& name = Registration::State_Name(place.state);
  return absl::StrCat(absl::StripPrefix(name, "STATE_"), "/", place.submission);
}

bool IsFinal(State state) {
  for (const Step& step : kSteps) {
    if (step.from == state) return false;
  }
  return true;
}

bool Leads(const Place& from, const Place& to) {
  std::set<std::pair<int, int>> seen;
  std::vector<Place> open = {from};
  while (!open.empty()) {
    const Place place = open.back();
    open.pop_back();
    if (place == to) return true;
    if (!seen.insert({place.submission, place.state}).second) continue;
    for (const Step& step : kSteps) {
      const int submission = place.submission + (step.submits ? 1 : 0);
      if (step.from == place.state && submission <= to.submission) {
        open.push_back({.submission = submission, .state = step.to});
      }
    }
  }
  return false;
}

}  // namespace eid::crash
