// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/bench/frame/runner.h"

namespace eid::bench {

using Facts = std::vector<std::pair<std::string, std::string>>;

// For people: the machine, each row at the level of its bar, the medians of all levels, and what
// each contender did.
std::string Table(const Facts& machine, const Results& results);

// For programs: the same with every round.
std::string Json(const Facts& machine, const Plan& plan, const Results& results);

// A line for each row: its id, what and against what.
std::string List(const std::vector<Row>& rows);

// Three significant digits, no exponent: "12300", "12.3", "0.123".
std::string ShortNumber(double value);

}  // namespace eid::bench
