// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "eid/verification/v1/verification.pb.h"
#include "services/verification/match.h"
#include "services/verification/remedy.h"
#include "services/verification/verdicts.h"

namespace eid::verification {

// Collects the verdicts on one answer: a verdict for each field, with origin, reason and remedy filled in.
class Judge {
 public:
  // `prefix`: path of what is judged; empty: the dossier.
  Judge(absl::string_view prefix, const Origin& origin, Keeper keeper)
      : prefix_(prefix), origin_(origin), keeper_(keeper) {}

  // The verdict that goes with the outcome of a comparison.
  void Add(absl::string_view field, Match match, std::string registry_value);
  // A verdict with a reason of its own.
  void Add(absl::string_view field, v1::Verdict verdict, v1::VerdictReason reason,
           std::string registry_value = "");

  std::vector<v1::FieldVerdict> Take() { return std::move(verdicts_); }

 private:
  const std::string prefix_;
  const Origin& origin_;
  const Keeper keeper_;
  std::vector<v1::FieldVerdict> verdicts_;
};

}  // namespace eid::verification
