// SPDX-License-Identifier: Apache-2.0
#include "common/status/macros.h"

#include <map>
#include <memory>

#include "common/testing/matchers.h"

namespace eid {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int n) {
  if (n % 2 != 0) return absl::InvalidArgumentError("odd");
  return std::make_unique<int>(n / 2);
}

absl::StatusOr<int> Quarter(int n) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(n));
  ASSIGN_OR_RETURN(auto quarter, Half(*half));
  return *quarter;
}

absl::Status Divisible(int n, int& calls) {
  RETURN_IF_ERROR(Quarter(n).status());
  ++calls;
  return absl::OkStatus();
}

absl::StatusOr<std::map<int, int>> Pair(int a, int b) { return std::map<int, int>{{a, b}}; }

absl::StatusOr<size_t> Commas() {
  ASSIGN_OR_RETURN(const auto map, Pair(1, 2));
  return map.size();
}

TEST_CASE("ASSIGN_OR_RETURN assigns what can only be moved, or returns the error") {
  CHECK(Quarter(8).value() == 2);
  CHECK(Quarter(6).status() == absl::InvalidArgumentError("odd"));
  CHECK(Quarter(7).status() == absl::InvalidArgumentError("odd"));
  CHECK(Commas().value() == 1);
}

TEST_CASE("RETURN_IF_ERROR goes on only when OK") {
  int calls = 0;
  CHECK_OK(Divisible(4, calls));
  CHECK(calls == 1);
  CHECK(Divisible(5, calls) == absl::InvalidArgumentError("odd"));
  CHECK(calls == 1);
}

}  // namespace
}  // namespace eid
