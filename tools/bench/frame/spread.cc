// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/spread.h"

#include <algorithm>

namespace eid::bench {

Spread SpreadOf(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {.min = values.front(), .median = median, .max = values.back()};
}

Verdict Judge(const Bar& bar, double value) {
  const auto reaches = [&](double goal) {
    return bar.higher_is_better ? value >= goal : value > 0 && value <= goal;
  };
  if (reaches(bar.aim)) return Verdict::kAim;
  return reaches(bar.least) ? Verdict::kLeast : Verdict::kMissed;
}

}  // namespace eid::bench
