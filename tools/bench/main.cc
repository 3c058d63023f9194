// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/bench/core/core_rows.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/machine.h"
#include "tools/bench/frame/report.h"
#include "tools/bench/frame/runner.h"
#include "tools/bench/suite/suite_rows.h"

namespace {

using eid::bench::Row;

std::vector<Row> Rows(eid::bench::Context& context) {
  std::vector<Row> rows;
  for (const auto& group : {eid::bench::CoreRows, eid::bench::SuiteRows}) {
    std::vector<Row> more = group(context);
    std::move(more.begin(), more.end(), std::back_inserter(rows));
  }
  const std::vector<std::string>& wanted = context.options().rows;
  if (wanted.empty()) return rows;
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const Row& row) {
                              return std::find(wanted.begin(), wanted.end(), row.id) ==
                                     wanted.end();
                            }),
             rows.end());
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = eid::bench::ParseOptions({argv + 1, argv + argc});
  if (!options.ok() || options->help) {
    if (!options.ok()) std::fprintf(stderr, "%s\n", options.status().ToString().c_str());
    std::fputs(eid::bench::Usage().data(), options.ok() ? stdout : stderr);
    return options.ok() ? 0 : 2;
  }
  eid::bench::Context context(*options);
  const std::vector<Row> rows = Rows(context);
  if (options->list) return std::fputs(List(rows).c_str(), stdout), 0;
  if (rows.empty()) return std::fputs("no such row; --list prints them\n", stderr), 2;

  const eid::bench::Plan plan = {options->rounds, options->duration, options->quick};
  const eid::bench::Facts machine = eid::bench::MachineFacts(options->work_path);
  const eid::bench::Results results = RunRows(rows, plan);
  std::fputs(Table(machine, results).c_str(), stdout);
  std::ofstream(options->json_path) << Json(machine, plan, results);
  return std::all_of(results.rows.begin(), results.rows.end(),
                     [](const auto& row) { return row.Passes(); })
             ? 0
             : 1;
}
