// SPDX-License-Identifier: Apache-2.0
#include "services/verification/judge.h"

#include <utility>

#include "common/status/violations.h"

namespace eid::verification {

void Judge::Add(absl::string_view field, Match match, std::string registry_value) {
  switch (match) {
    case Match::kSame:
      return Add(field, v1::VERDICT_MATCH, v1::VERDICT_REASON_UNSPECIFIED,
                 std::move(registry_value));
    case Match::kDiacriticsOnly:
      return Add(field, v1::VERDICT_MISMATCH, v1::VERDICT_REASON_NAME_DIACRITIC_ONLY,
                 std::move(registry_value));
    case Match::kDifferent:
      return Add(field, v1::VERDICT_MISMATCH, v1::VERDICT_REASON_VALUE_DIFFERS,
                 std::move(registry_value));
    case Match::kNothingToCompare:
      return Add(field, v1::VERDICT_NOT_AVAILABLE, v1::VERDICT_REASON_UNSPECIFIED);
  }
}

void Judge::Add(absl::string_view field, v1::Verdict verdict, v1::VerdictReason reason,
                std::string registry_value) {
  v1::FieldVerdict& added = verdicts_.emplace_back();
  added.set_field(prefix_.empty() ? std::string(field)
                  : field.empty() ? prefix_
                                  : Nested(prefix_, field));
  added.set_verdict(verdict);
  added.set_reason(reason);
  if (reason != v1::VERDICT_REASON_UNSPECIFIED) *added.mutable_remedy() = Remedy(reason, keeper_);
  added.set_registry_id(origin_.registry_id);
  *added.mutable_as_of_time() = origin_.as_of;
  added.set_registry_value(std::move(registry_value));
}

}  // namespace eid::verification
