// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/settings.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/clock/timestamp.h"
#include "common/codes/file_code.h"
#include "common/config/config.h"
#include "common/testing/fake_clock.h"
#include "services/approval/configuration.h"
#include "services/identity/configuration.h"
#include "services/org_registration/settings.h"
#include "services/verification/configuration.h"
#include "services/verification/retry.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {
namespace {

using google::protobuf::Message;

void CheckKeys(const identity::KeyTimes& times) {
  CheckPeriod(times.period);
  CheckPeriod(times.lead);
  std::vector<identity::SigningKeyRow> rows;
  absl::Time now = kNow, last = absl::InfinitePast();
  for (int i = 0; i < 4; ++i) {
    const identity::KeyPlan plan = PlanKeys(rows, rows, times, now);
    Require(plan.next_from.has_value() && *plan.next_from >= now && *plan.next_from > last,
            "a key follows the one before");
    last = *plan.next_from;
    *rows.emplace_back().mutable_activate_time() = ToTimestamp(last);
    Require(!PlanKeys(rows, rows, times, now).next_from.has_value() || last <= now,
            "a key is not made twice");
    now = last + times.period - times.lead;
  }
}

void CheckAllowance(const identity::Allowance& allowance) {
  CheckPeriod(allowance.refill);
  identity::Bucket bucket;
  Require(identity::Take(bucket, allowance, kNow) == absl::ZeroDuration(), "one is there at first");
  bucket.set_tokens_milli(0);
  const absl::Duration wait = identity::Missing(bucket, allowance, kNow);
  Require(wait > absl::ZeroDuration() && wait <= absl::Hours(25), "a wait has an end");
  Require(identity::Missing(bucket, allowance, kNow + allowance.refill) == absl::ZeroDuration(),
          "an allowance fills again");
}

void CheckIdentity(const identity::Config& config) {
  if (!Taken(identity::CheckConfig(config))) return;
  const crypto::PasswordParams params = identity::PasswordParamsOf(config.hashing());
  Require(!crypto::NeedsRehash(crypto::DummyHash(params), params), "a hash says what it cost");
  Require(params.memory_kib <= crypto::kMaxPasswordMemoryKib &&
              params.iterations <= crypto::kMaxPasswordIterations,
          "what is hashed can be verified");
  const WorkerPool::Options pool = identity::HashingPoolOf(config.hashing());
  Require(pool.threads >= 1 && pool.threads <= 64 && pool.max_queue >= 1, "somebody hashes");
  CheckKeys(identity::KeyTimesOf(config.key_rotation()));
  CheckPeriod(identity::PersonCheckTimeout(config));
  CheckPeriod(identity::UpkeepPause(config));
  const identity::CodeAllowances codes = identity::CodeAllowancesOf(config.throttling());
  CheckAllowance(codes.client);
  CheckAllowance(codes.account);
  FakeClock clock(kNow);
  identity::ClientLimits limits(clock, identity::ClientOptionsOf(config.throttling()));
  Require(limits.Take("::1") == absl::ZeroDuration(), "the first call goes on");
  for (int i = 0; i < 3; ++i)
    Require(limits.Take("::1") <= absl::Seconds(1), "one call each second, at least");
}

void CheckCircuit(const verification::Circuit::Options& options) {
  verification::Circuit circuit(options);
  absl::Time now = kNow;
  for (int i = 0; i < 40; ++i) {
    const auto ticket = circuit.TryStart(now);
    Require(ticket.has_value(), "a circuit lets a call through when its time has come");
    circuit.Failed(*ticket, now);
    Require(circuit.retry_time() <= now + options.max_open, "a circuit closes in time");
    now = std::max(now, circuit.retry_time());
  }
}

void CheckVerification(const verification::Config& config) {
  if (!Taken(verification::CheckConfig(config))) return;
  const verification::Routing routing = verification::RoutingOf(config);
  Require(!routing.population.empty(), "persons are looked for somewhere");
  for (const auto& [category, registries] : routing.organizations)
    Require(!registries.empty(), "organizations are looked for somewhere");
  const verification::RetryOptions retry = verification::RetryOf(config);
  for (const int attempts : {1, 2, 40, std::numeric_limits<int>::max()}) {
    const absl::Duration wait = verification::Backoff(attempts, "salt", retry);
    Require(wait > absl::ZeroDuration() && wait <= retry.max, "a pause is within its bounds");
  }
  Require(verification::MaxPersonChecksOf(config) >= 1, "persons are checked");
  for (const verification::RegistryConfig& registry : config.registries()) {
    const verification::Registry::Options options = verification::OptionsOf(registry, config);
    CheckPeriod(options.timeout);
    CheckPeriod(options.stale_after);
    Require(options.max_in_flight >= 1, "a registry is asked");
    CheckCircuit(options.circuit);
  }
}

void CheckApproval(const approval::Config& config) {
  if (!Taken(approval::CheckConfig(config))) return;
  const approval::Examination::Options options = approval::ExaminationOptions(config);
  CheckPeriod(options.lease);
  CheckPeriod(options.supplement_period);
  Require(approval::OutboxOptions(config).max_in_flight >= 1, "messages are sent");
  const kv::DatabaseOptions store = approval::StoreOptions(config);
  Require(!store.path.empty() && !store.high_water_path.empty() &&
              store.migrations.size() + 1 >= store.schema_version,
          "a store has a place and its migrations");
}

void CheckFiling(const org_registration::Config& config, const org_registration::Periods& steps) {
  std::string told;
  const org_registration::Filing::Options filing = org_registration::FilingOptions(
      config, [&](absl::string_view id) { told = std::string(id); });
  filing.hand_over("registration-1");
  Require(told == "registration-1", "what is filed is handed over");
  Require(filing.periods.draft == steps.draft && filing.periods.consent == steps.consent &&
              filing.periods.supplement == steps.supplement,
          "people and the workflow count the same days");
  const auto code = codes::FormatFileCode(filing.file_unit, kToday, 1);
  Require(code.ok(), "a file code is given");
  const auto parsed = codes::ParseFileCode(*code);
  Require(parsed.has_value() && parsed->unit == filing.file_unit, "a file code says its unit");
}

void CheckOrgRegistration(const org_registration::Config& config) {
  if (!Taken(org_registration::CheckConfig(config))) return;
  const org_registration::Workflow::Options options = org_registration::WorkflowOptions(config);
  CheckPeriod(options.periods.draft);
  CheckPeriod(options.periods.consent);
  CheckPeriod(options.periods.supplement);
  Require(options.max_in_flight >= 1 && options.max_in_flight <= 1024, "steps are made");
  CheckFiling(config, options.periods);
}

std::unique_ptr<Message> GoodVerification() {
  auto parsed = Parsed<verification::Config>(
      R"(data_dir: "d" registries { registry_id: "r" peer { address: "a" } max_in_flight: 1
         failures_to_open: 2 open_ms: 3 max_open_ms: 4 timeout_ms: 5 }
         population_registry_id: "r" retry { initial_ms: 1 max_ms: 2 } stale_after_hours: 1
         max_person_checks: 1)");
  auto& config = static_cast<verification::Config&>(*parsed);
  for (int category = dossier::v1::OrganizationCategory_MIN + 1;
       category <= dossier::v1::OrganizationCategory_MAX; ++category) {
    verification::Route& route = *config.add_routes();
    route.set_category(static_cast<dossier::v1::OrganizationCategory>(category));
    route.add_registry_ids(config.population_registry_id());
  }
  Require(verification::CheckConfig(config).ok(), "a seed is taken");
  return parsed;
}

}  // namespace

bool Taken(const absl::Status& checked) {
  if (checked.ok()) return true;
  Require(absl::IsInvalidArgument(checked) && !checked.message().empty(),
          "a wrong configuration is refused with a reason");
  return false;
}

void CheckPeriod(absl::Duration period) {
  Require(period > absl::ZeroDuration() && period < absl::InfiniteDuration(),
          "a period takes time");
  const absl::Time end = FromTimestamp(ToTimestamp(kNow + period));
  Require(end > kNow, "a period ends after it began");
}

void ParseSeed(absl::string_view text, Message& config) {
  Require(ParseTextProto(text, "seed", config).ok(), "a seed can be read");
}

std::vector<MessageEntry> SettingsEntries() {
  std::vector<MessageEntry> entries = RpcSettingsEntries();
  entries.push_back(SettingsEntry<approval::Config>(CheckApproval));
  entries.push_back(SettingsEntry<identity::Config>(CheckIdentity));
  entries.push_back(SettingsEntry<org_registration::Config>(CheckOrgRegistration));
  entries.push_back(SettingsEntry<verification::Config>(CheckVerification));
  return entries;
}

std::vector<std::unique_ptr<Message>> GoodSettings() {
  std::vector<std::unique_ptr<Message>> good = GoodRpcSettings();
  good.push_back(Parsed<approval::Config>(
      R"(data_dir: "d" high_water_path: "h" keys { identity { address: "a" } } key_dir: "k"
         carrier { address: "c" } calendar_path: "c" periods_path: "p" lease_seconds: 1
         supplement_days: 1 max_messages_in_flight: 1)"));
  good.push_back(Parsed<identity::Config>(
      R"(key_dir: "k" calendar_path: "c" periods_path: "p" person_check_timeout_ms: 1
         hashing { memory_kib: 8 iterations: 1 threads: 1 queue: 1 }
         throttling { client_burst: 1 client_per_second: 1 code_burst: 1 code_refill_seconds: 1 }
         key_rotation { period_days: 1 publish_lead_seconds: 86400 } upkeep_seconds: 1)"));
  good.push_back(Parsed<org_registration::Config>(
      R"(data_dir: "d" high_water_path: "h" keys { identity { address: "a" } }
         identity { address: "i" } verification { address: "v" } approval { address: "a" }
         file_unit: "G01.899" periods { draft_days: 1 consent_days: 2 supplement_days: 3 }
         max_steps_in_flight: 1)"));
  good.push_back(GoodVerification());
  return good;
}

}  // namespace eid::fuzz
