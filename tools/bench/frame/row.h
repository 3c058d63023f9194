// SPDX-License-Identifier: Apache-2.0
// A row of the table: who is measured against whom, and what is to come out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/bench/frame/contender.h"
#include "tools/bench/frame/spread.h"

namespace eid::bench {

// The value of a row in one round, from the samples of its contenders, in their order.
using Measure = std::function<double(const std::vector<Sample>& samples)>;

// The first contender's against the second's.
Measure ThroughputRatio();
Measure P99Ratio();
Measure CpuRatio();
// A figure of the first contender alone: Figure(&Sample::rss_mib).
Measure Figure(double Sample::*figure);
// The same divided by the second's: p50 of a start with rows against one without.
Measure FigureRatio(double Sample::*figure);
// Sample::extra of the first contender alone.
Measure Extra(std::string name);

// Rows with the same contenders and levels are measured together, from the same samples.
struct Row {
  // For --rows: "mutation".
  std::string id;
  // What is measured, and what it is held against.
  std::string what;
  std::string against;
  // The first is ours, the others are what it is held against. Interleaved, round by round.
  std::vector<std::shared_ptr<Contender>> contenders;
  Measure measure = ThroughputRatio();
  // "x" for ratios.
  std::string unit = "x";
  // None: reported only.
  std::optional<Bar> bar = std::nullopt;
  // Calls in flight, and the level for which the bar holds.
  std::vector<int> levels = {1, 8, 64, 256};
  int bar_level = 64;
};

// The rows with these ids; all if there are none. INVALID_ARGUMENT for an id that no row has.
absl::StatusOr<std::vector<Row>> Choose(std::vector<Row> rows, const std::vector<std::string>& ids);

}  // namespace eid::bench
