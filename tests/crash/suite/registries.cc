// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tests/crash/suite/scenario.h"

namespace eid::crash {
namespace {

using simulator::v1::Behavior;

struct Weather {
  Behavior::Mode mode;
  absl::Duration latency = absl::ZeroDuration();
};

// Slower than a look-up waits (2 s in deploy/dev), and quicker. In the last one the first answer about
// a record comes when nobody waits for it any more, and a repeat is answered at once; that an answer
// which does come twice counts once, services/verification has tests for.
const Weather kWeathers[] = {{Behavior::MODE_DOWN},
                             {Behavior::MODE_SLOW, absl::Milliseconds(800)},
                             {Behavior::MODE_SLOW, absl::Milliseconds(2500)},
                             {Behavior::MODE_FLAPPING},
                             {Behavior::MODE_TWICE, absl::Milliseconds(2200)}};
constexpr absl::Duration kSpell = absl::Seconds(1);
// A spell goes on until somebody has met it, but not for ever.
constexpr absl::Duration kLongest = absl::Seconds(15);

// Has the registry behave so for a while.
class Spell {
 public:
  Spell(Run& run, std::string registry, const Weather& weather)
      : run_(run), registry_(std::move(registry)) {
    run_.Check(outside().Behave(registry_, weather.mode, weather.latency));
    calls_ = Calls();
  }

  bool asked() { return Calls() != calls_; }
  void End() { run_.Check(outside().Behave(registry_, Behavior::MODE_NORMAL)); }

 private:
  suite::Outside& outside() { return run_.arena.world().outside(); }
  int64_t Calls() {
    const absl::StatusOr<int64_t> calls = outside().Calls(registry_);
    return run_.Check(calls.status()) ? *calls : calls_;
  }

  Run& run_;
  const std::string registry_;
  int64_t calls_ = 0;
};

// Until one of them was asked. Not each: who waits for one that does not answer asks the other nothing.
void AwaitAsked(Run& run, std::vector<Spell>& spells) {
  const absl::Time give_up = absl::Now() + kLongest;
  while (run.well() &&
         std::none_of(spells.begin(), spells.end(), [](Spell& spell) { return spell.asked(); })) {
    if (absl::Now() > give_up) {
      run.Check(absl::UnavailableError("no registry was asked while it was bad"));
    }
    run.Wait(absl::Milliseconds(50));
  }
}

}  // namespace

void RegistryBad(Run& run) {
  const std::vector<std::string> registries = {"registry_business", "registry_population"};
  while (run.NextRound()) {
    std::vector<Weather> weathers(std::begin(kWeathers), std::end(kWeathers));
    if (run.mutant == nullptr) {
      std::shuffle(weathers.begin(), weathers.end(), run.nemesis.random());
    } else {
      // The defect is about one that is down.
      weathers.resize(1);
    }
    for (size_t i = 0; i < weathers.size() && run.well(); ++i) {
      // Mostly one of them, which the others must not suffer from; sometimes both.
      std::vector<std::string> bad = registries;
      if (run.mutant == nullptr && i % 3 != 2) {
        bad = {registries[static_cast<size_t>(run.nemesis.Between(0, 1))]};
      }
      std::vector<Spell> spells;
      spells.reserve(bad.size());
      for (const std::string& registry : bad) spells.emplace_back(run, registry, weathers[i]);
      run.Wait(kSpell);
      AwaitAsked(run, spells);
      for (Spell& spell : spells) spell.End();
      // When it is back, all goes on.
      if (!run.AwaitSome(3)) return;
    }
  }
}

}  // namespace eid::crash
