// SPDX-License-Identifier: Apache-2.0
// Measures rows: all contenders of a row in every round, at every level, one after the other, the
// order turning from round to round, so that whatever the machine does meanwhile it does to all.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/bench/frame/row.h"
#include "tools/bench/frame/spread.h"

namespace eid::bench {

// One contender under one load, over all rounds.
struct Cell {
  std::string contender;
  int level = 0;
  std::vector<Sample> rounds;
};

// A row's value at one level.
struct LevelResult {
  int level = 0;
  // One for each round that all contenders ended without an error.
  std::vector<double> values;
  Spread spread;
};

struct RowResult {
  const Row* row = nullptr;
  // Why it could not be measured, or what went wrong meanwhile; then there may be no levels.
  absl::Status status;
  std::vector<LevelResult> levels;

  // It was measured, and the bar is reached or there is none.
  bool Passes() const;
  // The result at the level of the bar; null if there is none.
  const LevelResult* AtBar() const;
};

struct Results {
  std::vector<RowResult> rows;
  // Each measured once, even if several rows used it.
  std::vector<Cell> cells;
};

struct Plan {
  int rounds = 5;
  absl::Duration duration = absl::Seconds(2);
  bool only_bar_level = false;
};

// Rows keep their order; those with the same contenders and levels are measured together. Says what
// it does on stderr. A row whose contender cannot be prepared is not measured; the others are.
Results RunRows(const std::vector<Row>& rows, const Plan& plan);

}  // namespace eid::bench
