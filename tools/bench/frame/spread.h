// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace eid::bench {

// What several rounds gave.
struct Spread {
  double min = 0;
  double median = 0;
  double max = 0;
};

// Of at least one value; of an even number of values the median is the mean of the middle two.
Spread SpreadOf(std::vector<double> values);

// What a row must reach.
struct Bar {
  double least = 0;
  double aim = 0;
  bool higher_is_better = true;
};

enum class Verdict { kAim, kLeast, kMissed };

// A value that is not a number misses; so does nothing or less where less is better: what took no
// time or memory at all was not there.
Verdict Judge(const Bar& bar, double value);

}  // namespace eid::bench
