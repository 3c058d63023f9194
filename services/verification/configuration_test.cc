// SPDX-License-Identifier: Apache-2.0
#include "services/verification/configuration.h"

#include <functional>
#include <vector>

#include "common/config/config.h"
#include "common/testing/matchers.h"

namespace eid::verification {
namespace {

using eid::testing::Value;

Config Development() { return Value(LoadTextProto<Config>(EID_VERIFICATION_DEV_CONFIG)); }

TEST_CASE("the configuration for development is a valid one") {
  const Config config = Development();
  CHECK_OK(CheckConfig(config));
  const Routing routing = RoutingOf(config);
  CHECK(routing.population == "population");
  CHECK(routing.organizations.at(dossier::v1::ORGANIZATION_CATEGORY_BRANCH) ==
        std::vector<std::string>{"business"});
  CHECK(routing.organizations.at(dossier::v1::ORGANIZATION_CATEGORY_OTHER) ==
        std::vector<std::string>{"special"});
  CHECK(RetryOf(config).initial == absl::Milliseconds(200));
  CHECK(OptionsOf(config.registries(0), config).timeout == absl::Seconds(2));
}

TEST_CASE("what is not set has the default that the comment gives") {
  const Config config;
  const Registry::Options options = OptionsOf({}, config);
  CHECK(options.timeout == absl::Seconds(5));
  CHECK(options.max_in_flight == 64);
  CHECK(options.circuit.failures_to_open == 5);
  CHECK(options.circuit.open == absl::Seconds(2));
  CHECK(options.circuit.max_open == absl::Seconds(30));
  CHECK(options.stale_after == absl::Hours(168));
  CHECK(RetryOf(config).initial == absl::Seconds(1));
  CHECK(RetryOf(config).max == absl::Minutes(5));
  CHECK(MaxPersonChecksOf(config) == 64);
}

TEST_CASE("a wrong configuration is refused before anything starts") {
  const std::vector<std::function<void(Config&)>> mistakes = {
      [](Config& c) { c.clear_data_dir(); },
      [](Config& c) { c.clear_registries(); },
      [](Config& c) { c.mutable_registries(0)->clear_registry_id(); },
      [](Config& c) { c.mutable_registries(1)->set_registry_id("population"); },
      [](Config& c) { c.mutable_registries(0)->clear_peer(); },
      [](Config& c) { c.mutable_registries(0)->set_timeout_ms(-1); },
      [](Config& c) { c.set_population_registry_id("other"); },
      [](Config& c) { c.mutable_routes()->RemoveLast(); },
      [](Config& c) { *c.add_routes() = c.routes(0); },
      [](Config& c) { c.mutable_routes(0)->clear_registry_ids(); },
      [](Config& c) { c.mutable_routes(0)->add_registry_ids("other"); },
      [](Config& c) { c.mutable_retry()->set_max_ms(-1); },
      [](Config& c) { c.set_max_person_checks(-1); },
  };
  for (const auto& mistake : mistakes) {
    Config config = Development();
    mistake(config);
    CHECK(CheckConfig(config).code() == absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace eid::verification
