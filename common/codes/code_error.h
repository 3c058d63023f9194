// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "eid/policy/v1/errors.pb.h"

// The answer of every check of this library.
//
// The checks are pure functions: they look at the form of one value and ask no register, no clock
// and no store, so any thread may call them. They return nullopt when the value is right. An empty
// value is FIELD_REASON_REQUIRED: call a check on an optional field only when the field is filled
// in. A description never repeats the value, since values are personal data and descriptions reach
// logs.
namespace eid::codes {

struct CodeError {
  // What a program acts on; its Vietnamese text is on the enum value.
  policy::v1::FieldReason reason;
  // One English sentence for a person.
  std::string description;
};

// Adds the error, if there is one, to the violations of a request (eid::Violations, or anything
// with its Add). Returns whether the value was right:
//   codes::Collect(codes::CheckTaxCode(org.tax_code()), "organization.tax_code", violations);
template <class Violations>
bool Collect(const std::optional<CodeError>& error, absl::string_view field,
             Violations& violations) {
  if (!error.has_value()) return true;
  violations.Add(field, error->reason, error->description);
  return false;
}

}  // namespace eid::codes
