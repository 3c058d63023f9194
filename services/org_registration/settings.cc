// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/settings.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/codes/file_code.h"
#include "common/status/macros.h"
#include "services/org_registration/saving.h"

namespace eid::org_registration {
namespace {

absl::Duration Days(int32_t days, absl::Duration standard) {
  return days > 0 ? days * absl::Hours(24) : standard;
}

Periods PeriodsOf(const Config& config) {
  const Periods standard;
  return {.draft = Days(config.periods().draft_days(), standard.draft),
          .consent = Days(config.periods().consent_days(), standard.consent),
          .supplement = Days(config.periods().supplement_days(), standard.supplement)};
}

absl::Status MakeDirectory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(path.string(), ": ", error.message()));
}

}  // namespace

absl::Status CheckConfig(const Config& config) {
  std::vector<std::string> wrong;
  if (config.data_dir().empty()) wrong.push_back("data_dir is missing");
  if (config.high_water_path().empty()) wrong.push_back("high_water_path is missing");
  if (config.identity().address().empty()) wrong.push_back("identity.address is missing");
  if (config.verification().address().empty()) wrong.push_back("verification.address is missing");
  if (config.approval().address().empty()) wrong.push_back("approval.address is missing");
  if (config.keys().identity().address().empty()) {
    wrong.push_back("keys.identity.address is missing");
  }
  if (codes::CheckFileUnit(config.file_unit()).has_value()) {
    wrong.push_back("file_unit is not a unit's code");
  }
  if (config.periods().draft_days() < 0 || config.periods().consent_days() < 0 ||
      config.periods().supplement_days() < 0) {
    wrong.push_back("periods must not be negative");
  }
  if (config.max_steps_in_flight() < 0 || config.max_steps_in_flight() > 1024) {
    wrong.push_back("max_steps_in_flight must be 0 to 1024");
  }
  if (wrong.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(wrong, "; "));
}

std::vector<std::string> ServiceNames() {
  return {"eid.org_registration.v1.RegistrationService", "eid.org_registration.v1.TrackingService",
          "eid.admin.v1.AdminService"};
}

absl::StatusOr<std::unique_ptr<kv::Database>> OpenStore(const Config& config) {
  RETURN_IF_ERROR(MakeDirectory(config.data_dir()));
  const std::filesystem::path mark(config.high_water_path());
  if (mark.has_parent_path()) RETURN_IF_ERROR(MakeDirectory(mark.parent_path()));
  return kv::Database::Open({.path = config.data_dir(),
                             .high_water_path = config.high_water_path(),
                             .schema_version = kSchemaVersion,
                             .migrations = Migrations()});
}

Filing::Options FilingOptions(const Config& config, Filing::HandOver hand_over) {
  return {.periods = PeriodsOf(config),
          .file_unit = config.file_unit(),
          .hand_over = std::move(hand_over)};
}

Workflow::Options WorkflowOptions(const Config& config) {
  Workflow::Options options{.periods = PeriodsOf(config)};
  if (config.max_steps_in_flight() > 0) {
    options.max_in_flight = static_cast<size_t>(config.max_steps_in_flight());
  }
  return options;
}

}  // namespace eid::org_registration
