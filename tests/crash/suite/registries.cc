// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {
namespace {

using simulator::v1::Behavior;

struct Weather {
  Behavior::Mode mode;
  absl::Duration latency = absl::ZeroDuration();
};

// Slower than a look-up waits (2 s in deploy/dev), and quicker.
const Weather kWeathers[] = {{Behavior::MODE_DOWN},
                             {Behavior::MODE_SLOW, absl::Milliseconds(800)},
                             {Behavior::MODE_SLOW, absl::Milliseconds(2500)},
                             {Behavior::MODE_FLAPPING},
                             {Behavior::MODE_TWICE, absl::Milliseconds(2200)}};
constexpr absl::Duration kSpell = absl::Milliseconds(1500);

}  // namespace

void RegistryBad(Run& run) {
  suite::Outside& outside = run.arena.world().outside();
  const std::vector<std::string> registries = {"registry_business", "registry_population"};
  for (int round = 0; round < run.count && run.well(); ++round) {
    std::vector<Weather> weathers(std::begin(kWeathers), std::end(kWeathers));
    if (run.mutant == nullptr) {
      std::shuffle(weathers.begin(), weathers.end(), run.nemesis.random());
    }
    for (size_t i = 0; i < weathers.size() && run.well(); ++i) {
      const Weather& weather = weathers[i];
      // Mostly one of them, which the others must not suffer from; sometimes both.
      std::vector<std::string> bad = registries;
      if (run.mutant == nullptr && i % 3 != 2) {
        bad = {registries[static_cast<size_t>(run.nemesis.Between(0, 1))]};
      }
      for (const std::string& registry : bad) {
        run.Check(outside.Behave(registry, weather.mode, weather.latency));
      }
      run.Wait(kSpell);
      for (const std::string& registry : bad) {
        run.Check(outside.Behave(registry, Behavior::MODE_NORMAL));
      }
      // When it is back, all goes on.
      if (!run.AwaitSome(3)) return;
    }
  }
}

}  // namespace eid::crash
