// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/row.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"

namespace eid::bench {

Measure Figure(double Sample::*figure) {
  return [figure](const std::vector<Sample>& samples) { return samples.at(0).*figure; };
}

Measure FigureRatio(double Sample::*figure) {
  return [figure](const std::vector<Sample>& samples) {
    const double limit = samples.at(1).*figure;
    if (limit == 0) return std::numeric_limits<double>::quiet_NaN();
    return samples.at(0).*figure / limit;
  };
}

Measure ThroughputRatio() { return FigureRatio(&Sample::calls_per_second); }

Measure P99Ratio() { return FigureRatio(&Sample::p99_us); }

Measure CpuRatio() { return FigureRatio(&Sample::cpu_us_per_call); }

Measure Extra(std::string name) {
  return [name = std::move(name)](const std::vector<Sample>& samples) {
    const auto found = samples.at(0).extra.find(name);
    return found == samples.at(0).extra.end() ? std::numeric_limits<double>::quiet_NaN()
                                              : found->second;
  };
}

absl::StatusOr<std::vector<Row>> Choose(std::vector<Row> rows,
                                        const std::vector<std::string>& ids) {
  if (ids.empty()) return rows;
  for (const std::string& id : ids) {
    if (std::none_of(rows.begin(), rows.end(), [&](const Row& row) { return row.id == id; })) {
      return absl::InvalidArgumentError(absl::StrCat("no row \"", id, "\"; --list prints them"));
    }
  }
  const auto unwanted = [&](const Row& row) {
    return std::find(ids.begin(), ids.end(), row.id) == ids.end();
  };
  rows.erase(std::remove_if(rows.begin(), rows.end(), unwanted), rows.end());
  return rows;
}

}  // namespace eid::bench
