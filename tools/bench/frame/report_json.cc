// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/log/json.h"
#include "tools/bench/frame/report.h"

namespace eid::bench {
namespace {

// Objects and lists as they are written, one after the other.
class JsonWriter {
 public:
  JsonWriter& Begin(char bracket) {
    Separate();
    text_.push_back(bracket);
    first_ = true;
    return *this;
  }
  JsonWriter& End(char bracket) {
    text_.push_back(bracket);
    first_ = false;
    return *this;
  }
  JsonWriter& Key(absl::string_view key) {
    Separate();
    AppendJsonString(text_, key);
    text_.push_back(':');
    first_ = true;
    return *this;
  }
  JsonWriter& String(absl::string_view value) {
    Separate();
    AppendJsonString(text_, value);
    return *this;
  }
  JsonWriter& Number(double value) {
    Separate();
    absl::StrAppend(&text_, std::isfinite(value) ? absl::StrFormat("%.6g", value) : "null");
    return *this;
  }
  std::string text() const { return text_ + "\n"; }

 private:
  void Separate() {
    if (!first_) text_.push_back(',');
    first_ = false;
  }

  std::string text_;
  bool first_ = true;
};

void WriteSample(const Sample& sample, JsonWriter& json) {
  json.Begin('{').Key("calls_per_second").Number(sample.calls_per_second);
  json.Key("p50_us").Number(sample.p50_us).Key("p99_us").Number(sample.p99_us);
  json.Key("cpu_us_per_call").Number(sample.cpu_us_per_call);
  json.Key("load_us_per_call").Number(sample.load_us_per_call);
  json.Key("fsyncs_per_second").Number(sample.fsyncs_per_second);
  json.Key("calls_per_fsync").Number(sample.calls_per_fsync);
  json.Key("rss_mib").Number(sample.rss_mib).Key("others_busy").Number(sample.others_busy);
  json.Key("calls").Number(static_cast<double>(sample.calls));
  json.Key("errors").Number(static_cast<double>(sample.errors));
  if (!sample.first_error.empty()) json.Key("first_error").String(sample.first_error);
  for (const auto& [name, value] : sample.extra) json.Key(name).Number(value);
  json.End('}');
}

void WriteRow(const RowResult& result, JsonWriter& json) {
  const Row& row = *result.row;
  json.Begin('{').Key("id").String(row.id).Key("what").String(row.what);
  json.Key("against").String(row.against).Key("unit").String(row.unit);
  if (row.bar.has_value()) {
    json.Key("least").Number(row.bar->least).Key("aim").Number(row.bar->aim);
    json.Key("better").String(row.bar->higher_is_better ? "higher" : "lower");
    json.Key("bar_level").Number(row.bar_level);
    json.Key("passes").String(result.Passes() ? "yes" : "no");
  }
  if (!result.status.ok()) {
    const absl::string_view message = result.status.message();
    json.Key("not_measured").String(message);
  }
  json.Key("levels").Begin('[');
  for (const LevelResult& level : result.levels) {
    json.Begin('{').Key("in_flight").Number(level.level).Key("min").Number(level.spread.min);
    json.Key("median").Number(level.spread.median).Key("max").Number(level.spread.max);
    json.Key("rounds").Begin('[');
    for (const double value : level.values) json.Number(value);
    json.End(']').End('}');
  }
  json.End(']').End('}');
}

}  // namespace

std::string Json(const Facts& machine, const Plan& plan, const Results& results) {
  JsonWriter json;
  json.Begin('{').Key("machine").Begin('{');
  for (const auto& [name, value] : machine) json.Key(name).String(value);
  json.End('}').Key("rounds").Number(plan.rounds);
  json.Key("seconds").Number(absl::ToDoubleSeconds(plan.duration));
  json.Key("rows").Begin('[');
  for (const RowResult& result : results.rows) WriteRow(result, json);
  json.End(']').Key("contenders").Begin('[');
  for (const Cell& cell : results.cells) {
    json.Begin('{').Key("name").String(cell.contender).Key("in_flight").Number(cell.level);
    json.Key("rounds").Begin('[');
    for (const Sample& sample : cell.rounds) WriteSample(sample, json);
    json.End(']').End('}');
  }
  json.End(']').End('}');
  return json.text();
}

}  // namespace eid::bench
