// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/runner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/macros.h"

namespace eid::bench {
namespace {

using Contenders = std::vector<std::shared_ptr<Contender>>;

// Rows that are measured together.
struct Heat {
  Contenders contenders;
  std::vector<int> levels;
  std::set<int> bar_levels;
  std::vector<size_t> rows;
};

void Say(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
  std::fflush(stderr);
}

std::vector<Heat> HeatsOf(const std::vector<Row>& rows, const Plan& plan) {
  std::vector<Heat> heats;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<int> levels =
        plan.only_bar_level ? std::vector<int>{rows[i].bar_level} : rows[i].levels;
    auto heat = std::find_if(heats.begin(), heats.end(), [&](const Heat& other) {
      return other.contenders == rows[i].contenders && other.levels == levels;
    });
    if (heat == heats.end()) {
      heat = heats.insert(heat, {.contenders = rows[i].contenders, .levels = levels});
    }
    heat->bar_levels.insert(rows[i].bar_level);
    heat->rows.push_back(i);
  }
  return heats;
}

// Prepares each contender once, and remembers those that cannot be.
class Preparation {
 public:
  absl::Status Of(Contender& contender) {
    const auto known = outcomes_.find(&contender);
    if (known != outcomes_.end()) return known->second;
    Say(absl::StrCat("  preparing ", contender.name()));
    absl::Status status = contender.Prepare();
    outcomes_.emplace(&contender, status);
    return status;
  }

 private:
  std::map<const Contender*, absl::Status> outcomes_;
};

// All samples of a heat: by level, round and contender.
using Samples = std::map<int, std::vector<std::vector<Sample>>>;

absl::Status MeasureRound(const Heat& heat, const Plan& plan, int round, Samples& samples) {
  for (const int level : heat.levels) {
    const bool at_bar = heat.bar_levels.count(level) > 0;
    const absl::Duration duration = at_bar ? plan.duration : plan.duration / 2;
    std::vector<Sample> taken(heat.contenders.size());
    for (size_t i = 0; i < taken.size(); ++i) {
      const size_t turn = round % 2 == 0 ? i : taken.size() - 1 - i;
      ASSIGN_OR_RETURN(taken[turn], heat.contenders[turn]->Run(level, duration));
      if (taken[turn].errors == 0) continue;
      Say(absl::StrCat("  ", heat.contenders[turn]->name(), ", ", level, " in flight: ",
                       taken[turn].errors, " calls failed: ", taken[turn].first_error));
    }
    samples[level].push_back(std::move(taken));
  }
  return absl::OkStatus();
}

absl::Status MeasureHeat(const Heat& heat, const Plan& plan, Preparation& preparation,
                         Samples& samples) {
  for (const auto& contender : heat.contenders) RETURN_IF_ERROR(preparation.Of(*contender));
  for (int round = 0; round < plan.rounds; ++round) {
    RETURN_IF_ERROR(MeasureRound(heat, plan, round, samples));
  }
  return absl::OkStatus();
}

bool Valid(const std::vector<Sample>& samples) {
  return std::all_of(samples.begin(), samples.end(),
                     [](const Sample& sample) { return sample.errors == 0 && sample.calls > 0; });
}

absl::Status WhyInvalid(const Heat& heat, const std::vector<Sample>& samples) {
  for (size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].errors > 0) {
      return absl::InternalError(absl::StrCat(heat.contenders[i]->name(), ": ", samples[i].errors,
                                              " calls failed: ", samples[i].first_error));
    }
    if (samples[i].calls == 0) {
      return absl::InternalError(absl::StrCat(heat.contenders[i]->name(), ": no call ended"));
    }
  }
  return absl::OkStatus();
}

RowResult Evaluate(const Row& row, const Heat& heat, const Samples& samples, absl::Status status) {
  RowResult result = {.row = &row, .status = std::move(status)};
  for (const auto& [level, rounds] : samples) {
    LevelResult at = {.level = level};
    for (const std::vector<Sample>& round : rounds) {
      if (Valid(round)) {
        at.values.push_back(row.measure(round));
      } else if (level == row.bar_level) {
        result.status.Update(WhyInvalid(heat, round));
      }
    }
    if (at.values.empty()) continue;
    at.spread = SpreadOf(at.values);
    result.levels.push_back(std::move(at));
  }
  return result;
}

void AddCells(const Heat& heat, const Samples& samples, std::vector<Cell>& cells) {
  for (size_t i = 0; i < heat.contenders.size(); ++i) {
    for (const auto& [level, rounds] : samples) {
      Cell cell = {.contender = heat.contenders[i]->name(), .level = level};
      for (const std::vector<Sample>& round : rounds) cell.rounds.push_back(round[i]);
      cells.push_back(std::move(cell));
    }
  }
}

// Ends the contenders that no later heat uses.
void ReleaseUnused(const std::vector<Heat>& heats, size_t done) {
  for (const auto& contender : heats[done].contenders) {
    const bool used = std::any_of(
        heats.begin() + static_cast<std::ptrdiff_t>(done) + 1, heats.end(), [&](const Heat& heat) {
          return std::find(heat.contenders.begin(), heat.contenders.end(), contender) !=
                 heat.contenders.end();
        });
    if (!used) contender->Release();
  }
}

}  // namespace

const LevelResult* RowResult::AtBar() const {
  for (const LevelResult& level : levels) {
    if (level.level == row->bar_level) return &level;
  }
  return nullptr;
}

bool RowResult::Passes() const {
  const LevelResult* const at = AtBar();
  if (!status.ok() || at == nullptr) return false;
  return !row->bar.has_value() || Judge(*row->bar, at->spread.median) != Verdict::kMissed;
}

Results RunRows(const std::vector<Row>& rows, const Plan& plan) {
  const std::vector<Heat> heats = HeatsOf(rows, plan);
  Results results;
  results.rows.resize(rows.size());
  Preparation preparation;
  for (size_t i = 0; i < heats.size(); ++i) {
    const Heat& heat = heats[i];
    Say(absl::StrJoin(heat.contenders, " | ", [](std::string* out, const auto& contender) {
      absl::StrAppend(out, contender->name());
    }));
    Samples samples;
    const absl::Status status = MeasureHeat(heat, plan, preparation, samples);
    if (!status.ok()) Say(absl::StrCat("  ", status.message()));
    for (const size_t row : heat.rows) {
      results.rows[row] = Evaluate(rows[row], heat, samples, status);
    }
    AddCells(heat, samples, results.cells);
    ReleaseUnused(heats, i);
  }
  return results;
}

}  // namespace eid::bench
