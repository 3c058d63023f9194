// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/suite_rows.h"

#include <limits>
#include <memory>

#include "tools/bench/core/served_loads.h"
#include "tools/bench/core/store_loads.h"
#include "tools/bench/suite/approvals.h"
#include "tools/bench/suite/fan_out.h"
#include "tools/bench/suite/five_steps.h"
#include "tools/bench/suite/flow_record.h"
#include "tools/bench/suite/logins.h"
#include "tools/bench/suite/registrations.h"
#include "tools/bench/suite/stage.h"

namespace eid::bench {
namespace {

constexpr uint64_t kManyCases = 1'000'000;
constexpr uint64_t kFewCases = 1'000;

Bar AtLeast(double least, double aim) { return {.least = least, .aim = aim}; }

Bar AtMost(double least, double aim) {
  return {.least = least, .aim = aim, .higher_is_better = false};
}

// The first's throughput against the third's.
double AgainstThird(const std::vector<Sample>& samples) {
  return samples.at(0).calls_per_second / samples.at(2).calls_per_second;
}

double CpuAgainstThird(const std::vector<Sample>& samples) {
  return samples.at(0).cpu_us_per_call / samples.at(2).cpu_us_per_call;
}

// Registrations per second against what raw would do, were it to make the same commits.
double AgainstCommits(const std::vector<Sample>& samples) {
  const auto commits = samples.at(0).extra.find("commits");
  if (commits == samples.at(0).extra.end()) return std::numeric_limits<double>::quiet_NaN();
  return samples.at(0).calls_per_second / (samples.at(1).calls_per_second / commits->second);
}

std::vector<Row> CallRows(Context& context, const std::shared_ptr<Stage>& stage) {
  using Contenders = std::vector<std::shared_ptr<Contender>>;
  const Contenders creates = {std::make_shared<CreateLoad>(stage), RawLoad(context),
                              BarePutLoad(context, Hops::kProxy)};
  const Contenders gets = {
      std::make_shared<GetLoad>(stage, GetLoad::Front::kGateway),
      BareEchoLoad(context, Hops::kProxy, GetLoad::kRequestBytes, GetLoad::kAnswerBytes),
      std::make_shared<GetLoad>(stage, GetLoad::Front::kNginx)};
  const Contenders introspections = {
      std::make_shared<IntrospectLoad>(stage),
      BareEchoLoad(context, Hops::kDirectMutualTls, IntrospectLoad::kRequestBytes,
                   IntrospectLoad::kAnswerBytes)};
  return {{.id = "create",
           .what = "CreateRegistration through the gateway, TLS then mTLS, token checked",
           .against = "raw",
           .contenders = creates,
           .bar = AtLeast(0.15, 0.25)},
          {.id = "create-put",
           .what = "the same",
           .against = "a bare durable put through a bare proxy, same TLS",
           .contenders = creates,
           .measure = AgainstThird,
           .bar = AtLeast(0.6, 0.9)},
          {.id = "get",
           .what = "GetRegistration through the gateway",
           .against = "a bare echo through the same hops",
           .contenders = gets,
           .bar = AtLeast(0.6, 0.9)},
          {.id = "introspect",
           .what = "IntrospectToken by a service, mTLS",
           .against = "a bare echo, mTLS",
           .contenders = introspections,
           .bar = AtLeast(0.7, 0.85)},
          {.id = "cpu",
           .what = "CPU per call of gateway and service, policy and token check included",
           .against = "nginx grpc_pass and the same service, same TLS",
           .contenders = gets,
           .measure = CpuAgainstThird,
           .bar = AtMost(1.0, 0.8)}};
}

std::vector<Row> LoginRows(const std::shared_ptr<Stage>& stage) {
  return {
      {.id = "hashing",
       .what = "p99 of a read while eight logins are hashing",
       .against = "the same when idle",
       .contenders = {std::make_shared<ReadLoad>(stage, 8), std::make_shared<ReadLoad>(stage, 0)},
       .measure = P99Ratio(),
       .bar = AtMost(3, 1.3),
       .levels = {1, 8},
       .bar_level = 1},
      {.id = "logins",
       .what = "logins per second (the contender's name has the hash parameters)",
       .against = "",
       .contenders = {std::make_shared<LoginLoad>(stage)},
       .measure = Figure(&Sample::calls_per_second),
       .unit = "logins/s",
       .levels = {8},
       .bar_level = 8}};
}

std::vector<Row> FlowRows(Context& context, const std::shared_ptr<Stage>& stage) {
  const auto flow = std::make_shared<FiveStepsLoad>(stage);
  const auto raw =
      ReplayLoad(context, "raw, bytes of flow", [&context] { return RecordFlow(context); });
  return {
      {.id = "flow",
       .what = "five steps from a logged-in applicant to ISSUED, registrations per second",
       .against = "raw with the same bytes / commits that one needs",
       .contenders = {flow, raw},
       .measure = AgainstCommits,
       .bar = AtLeast(0.2, 0.4),
       .levels = {8, 64}},
      {.id = "commits",
       .what = "commits for one registration, all stores together, by their revisions",
       .against = "",
       .contenders = {flow, raw},
       .measure = Extra("commits"),
       .unit = "commits",
       .levels = {8, 64}},
      {.id = "written",
       .what = "handed to the disk for one registration by all services",
       .against = "",
       .contenders = {flow, raw},
       .measure = Extra("KiB written"),
       .unit = "KiB",
       .levels = {8, 64}},
      {.id = "watch",
       .what = "WatchCases, events/s delivered to 100 watchers, mTLS",
       .against = "bare server streaming to 100 streams, mTLS",
       .contenders = {std::make_shared<FanOutLoad>(stage), std::make_shared<BareStreams>(context)},
       .bar = AtLeast(0.4, 0.7),
       .levels = {8},
       .bar_level = 8}};
}

std::vector<Row> StoreRows(Context& context) {
  const auto many = std::make_shared<ApprovalStage>(context, kManyCases);
  const auto few = std::make_shared<ApprovalStage>(context, kFewCases);
  const auto none = std::make_shared<ApprovalStage>(context, 0);
  return {{.id = "page",
           .what = "a page of 50 out of 1,000,000 cases, filtered and sorted",
           .against = "the same out of 1,000",
           .contenders = {std::make_shared<PageLoad>(many), std::make_shared<PageLoad>(few)},
           .measure = FigureRatio(&Sample::p50_us),
           .bar = AtMost(1.3, 1.1),
           .levels = {1, 64}},
          {.id = "start",
           .what = "start with 1,000,000 rows, exec to SERVING",
           .against = "start with none",
           .contenders = {std::make_shared<StartLoad>(many), std::make_shared<StartLoad>(none)},
           .measure = FigureRatio(&Sample::p50_us),
           .bar = AtMost(3, 1.5),
           .levels = {1},
           .bar_level = 1}};
}

std::vector<Row> MemoryRows(Context& context) {
  const std::vector<std::shared_ptr<Contender>> idle = {std::make_shared<IdleSuite>(context)};
  std::vector<Row> rows = {{.id = "memory",
                            .what = "resident memory of an idle service: the largest",
                            .against = "",
                            .contenders = idle,
                            .measure = Extra("largest service"),
                            .unit = "MiB",
                            .bar = AtMost(64, 35),
                            .levels = {1},
                            .bar_level = 1},
                           {.id = "memory-gateway",
                            .what = "resident memory of an idle gateway",
                            .against = "",
                            .contenders = idle,
                            .measure = Extra("gateway"),
                            .unit = "MiB",
                            .bar = AtMost(40, 25),
                            .levels = {1},
                            .bar_level = 1}};
  for (const char* service : {"identity", "org_registration", "verification", "approval"}) {
    rows.push_back({.id = std::string("memory-") + service,
                    .what = std::string("resident memory of an idle ") + service,
                    .against = "",
                    .contenders = idle,
                    .measure = Extra(service),
                    .unit = "MiB",
                    .levels = {1},
                    .bar_level = 1});
  }
  return rows;
}

}  // namespace

std::vector<Row> SuiteRows(Context& context) {
  const auto stage = std::make_shared<Stage>(context);
  std::vector<Row> rows;
  for (auto group : {CallRows(context, stage), LoginRows(stage), FlowRows(context, stage),
                     StoreRows(context), MemoryRows(context)}) {
    rows.insert(rows.end(), group.begin(), group.end());
  }
  return rows;
}

}  // namespace eid::bench
