// SPDX-License-Identifier: Apache-2.0
// The names and meanings of absl/status/status_macros.h in newer Abseil.
//   RETURN_IF_ERROR(table.Insert(txn, row));
//   ASSIGN_OR_RETURN(const Row row, table.Get(txn, key));
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(...)                                           \
  do {                                                                 \
    if (::absl::Status eid_status = (__VA_ARGS__); !eid_status.ok()) { \
      return eid_status;                                               \
    }                                                                  \
  } while (false)

// Not one statement: needs braces under an `if`. A type with a comma in it needs a name.
#define ASSIGN_OR_RETURN(lhs, ...) \
  EID_ASSIGN_OR_RETURN(EID_CONCATENATE(eid_result_, __LINE__), lhs, (__VA_ARGS__))

#define EID_ASSIGN_OR_RETURN(result, lhs, expression)  \
  auto result = expression;                            \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)

#define EID_CONCATENATE(a, b) EID_CONCATENATE_AGAIN(a, b)
#define EID_CONCATENATE_AGAIN(a, b) a##b
