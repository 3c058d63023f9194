// SPDX-License-Identifier: Apache-2.0
// What the configuration means.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/org_registration/config.pb.h"
#include "services/org_registration/filing.h"
#include "services/org_registration/store.h"
#include "services/org_registration/workflow.h"

namespace eid::org_registration {

inline constexpr char kProgramName[] = "org_registration";

// INVALID_ARGUMENT with everything that is missing or wrong.
absl::Status CheckConfig(const Config& config);

// The gRPC services of this program.
std::vector<std::string> ServiceNames();

// The store, in directories that are made if they are not there.
absl::StatusOr<std::unique_ptr<kv::Database>> OpenStore(const Config& config);

Filing::Options FilingOptions(const Config& config, Filing::HandOver hand_over);
// What is filed is handed over to the workflow, which outlives the options.
inline Filing::Options FilingOptions(const Config& config, Workflow& workflow) {
  return FilingOptions(config, [&workflow](absl::string_view id) { workflow.Nudge(id); });
}
Workflow::Options WorkflowOptions(const Config& config);

}  // namespace eid::org_registration
