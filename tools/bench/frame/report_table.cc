// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/frame/report.h"

namespace eid::bench {
namespace {

using Line = std::vector<std::string>;

// Columns as wide as their widest text; the first `left` ones are flush left, the others right.
std::string Aligned(const std::vector<Line>& lines, size_t left) {
  std::vector<size_t> widths;
  for (const Line& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    std::string row;
    for (size_t i = 0; i < line.size(); ++i) {
      const std::string pad(widths[i] - line[i].size(), ' ');
      absl::StrAppend(&row, i == 0 ? "" : "  ", i < left ? line[i] + pad : pad + line[i]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, row, "\n");
  }
  return text;
}

std::string Goal(const Bar& bar, double value) {
  return absl::StrCat(bar.higher_is_better ? ">= " : "<= ", ShortNumber(value));
}

std::string VerdictOf(const RowResult& result) {
  if (result.AtBar() == nullptr || !result.status.ok()) {
    // The end of a log may follow; it was said on stderr.
    const absl::string_view message = result.status.message();
    return absl::StrCat("NOT MEASURED: ", message.substr(0, message.find('\n')));
  }
  if (!result.row->bar.has_value()) return "no bar";
  switch (Judge(*result.row->bar, result.AtBar()->spread.median)) {
    case Verdict::kAim: return "aim met";
    case Verdict::kLeast: return "least met";
    case Verdict::kMissed: return "MISSED";
  }
  return "MISSED";
}

std::string RowTable(const Results& results) {
  std::vector<Line> lines = {{"row", "what", "against", "in flight", "min", "median", "max", "unit",
                              "least", "aim", "  "}};
  for (const RowResult& result : results.rows) {
    const Row& row = *result.row;
    Line line = {row.id, row.what, row.against, absl::StrCat(row.bar_level)};
    const LevelResult* const at = result.AtBar();
    for (double Spread::*part : {&Spread::min, &Spread::median, &Spread::max}) {
      line.push_back(at == nullptr ? "-" : ShortNumber(at->spread.*part));
    }
    line.push_back(row.unit);
    line.push_back(row.bar.has_value() ? Goal(*row.bar, row.bar->least) : "-");
    line.push_back(row.bar.has_value() ? Goal(*row.bar, row.bar->aim) : "-");
    line.push_back(VerdictOf(result));
    lines.push_back(std::move(line));
  }
  // The verdict is flush left by being padded on the right itself.
  size_t widest = 0;
  for (const Line& line : lines) widest = std::max(widest, line.back().size());
  for (Line& line : lines) line.back().resize(widest, ' ');
  return Aligned(lines, 3);
}

std::string LevelTable(const Results& results) {
  std::set<int> levels;
  for (const RowResult& result : results.rows) {
    for (const LevelResult& level : result.levels) levels.insert(level.level);
  }
  Line head = {"row"};
  for (const int level : levels) head.push_back(absl::StrCat(level));
  std::vector<Line> lines = {std::move(head)};
  for (const RowResult& result : results.rows) {
    Line line = {result.row->id};
    for (const int level : levels) {
      const auto found =
          std::find_if(result.levels.begin(), result.levels.end(),
                       [&](const LevelResult& other) { return other.level == level; });
      line.push_back(found == result.levels.end() ? "-" : ShortNumber(found->spread.median));
    }
    lines.push_back(std::move(line));
  }
  return Aligned(lines, 1);
}

double MedianOf(const Cell& cell, double Sample::*figure) {
  std::vector<double> values;
  for (const Sample& sample : cell.rounds) values.push_back(sample.*figure);
  return SpreadOf(std::move(values)).median;
}

// A round that an extra is missing from does not count for it.
std::map<std::string, double> MediansOfExtras(const Cell& cell) {
  std::map<std::string, std::vector<double>> values;
  for (const Sample& sample : cell.rounds) {
    for (const auto& [name, value] : sample.extra) values[name].push_back(value);
  }
  std::map<std::string, double> medians;
  for (auto& [name, of] : values) medians[name] = SpreadOf(std::move(of)).median;
  return medians;
}

std::string CellTable(const Results& results) {
  const std::vector<std::pair<const char*, double Sample::*>> figures = {
      {"calls/s", &Sample::calls_per_second},
      {"p50 us", &Sample::p50_us},
      {"p99 us", &Sample::p99_us},
      {"CPU us/call", &Sample::cpu_us_per_call},
      {"load us/call", &Sample::load_us_per_call},
      {"fsyncs/s", &Sample::fsyncs_per_second},
      {"calls/fsync", &Sample::calls_per_fsync},
      {"RSS MiB", &Sample::rss_mib},
      {"others' CPUs", &Sample::others_busy}};
  Line head = {"contender", "in flight"};
  for (const auto& [name, figure] : figures) head.push_back(name);
  head.push_back("errors");
  std::vector<Line> lines = {std::move(head)};
  for (const Cell& cell : results.cells) {
    Line line = {cell.contender, absl::StrCat(cell.level)};
    for (const auto& [name, figure] : figures) {
      const double value = MedianOf(cell, figure);
      line.push_back(value == 0 ? "-" : ShortNumber(value));
    }
    uint64_t errors = 0;
    for (const Sample& sample : cell.rounds) errors += sample.errors;
    line.push_back(absl::StrCat(errors));
    for (const auto& [name, value] : MediansOfExtras(cell)) {
      line.push_back(absl::StrCat(ShortNumber(value), " ", name));
    }
    lines.push_back(std::move(line));
  }
  return Aligned(lines, 1);
}

}  // namespace

std::string ShortNumber(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size >= 100 || size == 0) return absl::StrFormat("%.0f", value);
  if (size >= 10) return absl::StrFormat("%.1f", value);
  return size >= 0.1 ? absl::StrFormat("%.2f", value) : absl::StrFormat("%.3f", value);
}

std::string List(const std::vector<Row>& rows) {
  std::vector<Line> lines;
  for (const Row& row : rows) lines.push_back({row.id, row.what, row.against});
  return Aligned(lines, 3);
}

std::string Table(const Facts& machine, const Results& results) {
  std::string text;
  for (const auto& [name, value] : machine) absl::StrAppend(&text, name, ": ", value, "\n");
  absl::StrAppend(&text, "\n", RowTable(results), "\nMedians by calls in flight\n",
                  LevelTable(results), "\nWhat each did, medians over the rounds\n",
                  CellTable(results));
  return text;
}

}  // namespace eid::bench
