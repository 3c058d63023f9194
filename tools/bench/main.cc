// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "tools/bench/core/core_rows.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/machine.h"
#include "tools/bench/frame/report.h"
#include "tools/bench/frame/runner.h"
#include "tools/bench/suite/suite_rows.h"

namespace {

std::vector<eid::bench::Row> AllRows(eid::bench::Context& context) {
  std::vector<eid::bench::Row> rows = eid::bench::CoreRows(context);
  std::vector<eid::bench::Row> more = eid::bench::SuiteRows(context);
  std::move(more.begin(), more.end(), std::back_inserter(rows));
  return rows;
}

int Refuse(const absl::Status& status) {
  std::fprintf(stderr, "%s\n%s", std::string(status.message()).c_str(), eid::bench::Usage().data());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = eid::bench::ParseOptions({argv + 1, argv + argc});
  if (!options.ok()) return Refuse(options.status());
  if (options->help) return std::fputs(eid::bench::Usage().data(), stdout), 0;
  // As the programs of the suite are set up.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  eid::bench::Context context(*options);
  const auto rows = Choose(AllRows(context), options->rows);
  if (!rows.ok()) return Refuse(rows.status());
  if (options->list) return std::fputs(List(*rows).c_str(), stdout), 0;

  const eid::bench::Plan plan = {options->rounds, options->duration, options->quick};
  const eid::bench::Facts machine = eid::bench::MachineFacts(options->work_path);
  const eid::bench::Results results = RunRows(*rows, plan);
  std::fputs(Table(machine, results).c_str(), stdout);
  std::ofstream(options->json_path) << Json(machine, plan, results);
  return std::all_of(results.rows.begin(), results.rows.end(),
                     [](const auto& row) { return row.Passes(); })
             ? 0
             : 1;
}
