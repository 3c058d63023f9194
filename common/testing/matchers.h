// SPDX-License-Identifier: Apache-2.0
// What tests say about absl::Status:
//   REQUIRE_OK(store.Put(row));           // a Status or a StatusOr; prints code, message, reason
//   CHECK_OK(reply);
//   Row row = testing::Value(table.Get(db, key));  // the value, or the test fails with the status
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/testing/catch.h"

// A test's CHECK_OK is this one. See common/log/log.h.
#undef CHECK_OK

#define REQUIRE_OK(...) REQUIRE(::eid::testing::StatusOf((__VA_ARGS__)) == ::absl::OkStatus())
#define CHECK_OK(...) CHECK(::eid::testing::StatusOf((__VA_ARGS__)) == ::absl::OkStatus())

namespace eid::testing {

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// "NOT_FOUND: No such thing. [THING_NOT_FOUND in eid.x.v1]", with field violations when there are any.
std::string Describe(const absl::Status& status);

template <typename T>
T Value(absl::StatusOr<T> result) {
  REQUIRE_OK(result);
  return *std::move(result);
}

}  // namespace eid::testing

namespace Catch {

template <>
struct StringMaker<absl::Status> {
  static std::string convert(const absl::Status& status) { return eid::testing::Describe(status); }
};

template <typename T>
struct StringMaker<absl::StatusOr<T>> {
  static std::string convert(const absl::StatusOr<T>& result) {
    return eid::testing::Describe(result.status());
  }
};

}  // namespace Catch
