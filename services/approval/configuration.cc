// SPDX-License-Identifier: Apache-2.0
#include "services/approval/configuration.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/calendar/calendar.h"
#include "common/calendar/legal_periods.h"
#include "common/crypto/secret_file.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/approval/notifications.h"
#include "services/approval/store.h"

namespace eid::approval {

absl::Status CheckConfig(const Config& config) {
  std::vector<std::string> wrong;
  const auto need = [&](bool there, absl::string_view field) {
    if (!there) wrong.push_back(absl::StrCat(field, " is required"));
  };
  const auto not_negative = [&](int32_t value, absl::string_view field) {
    if (value < 0) wrong.push_back(absl::StrCat(field, " must not be negative"));
  };
  need(!config.data_dir().empty(), "data_dir");
  need(!config.high_water_path().empty(), "high_water_path");
  need(!config.keys().identity().address().empty(), "keys.identity.address");
  need(!config.key_dir().empty(), "key_dir");
  need(!config.carrier().address().empty(), "carrier.address");
  need(!config.calendar_path().empty(), "calendar_path");
  need(!config.periods_path().empty(), "periods_path");
  not_negative(config.lease_seconds(), "lease_seconds");
  not_negative(config.supplement_days(), "supplement_days");
  not_negative(config.max_messages_in_flight(), "max_messages_in_flight");
  if (wrong.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("configuration: ", absl::StrJoin(wrong, "; ")));
}

absl::StatusOr<StatutoryPeriods> LoadPeriods(const Config& config) {
  ASSIGN_OR_RETURN(calendar::Calendar calendar, calendar::LoadCalendar(config.calendar_path()));
  ASSIGN_OR_RETURN(calendar::LegalPeriods periods,
                   calendar::LoadLegalPeriods(config.periods_path()));
  return StatutoryPeriods(std::move(calendar), std::move(periods));
}

absl::StatusOr<crypto::PrivateKey> LoadDecisionKey(const Config& config) {
  std::error_code error;
  std::filesystem::create_directories(config.key_dir(), error);
  if (error) return absl::UnavailableError(absl::StrCat("key_dir: ", error.message()));
  ASSIGN_OR_RETURN(crypto::PrivateKey key,
                   crypto::LoadOrCreateKey(absl::StrCat(config.key_dir(), "/decision.pem"),
                                           crypto::Algorithm::kEs256));
  LogEvent(Severity::kInfo, "decision.key", {{"key_id", key.Public().Fingerprint()}});
  return key;
}

kv::DatabaseOptions StoreOptions(const Config& config) {
  return {.path = config.data_dir(),
          .high_water_path = config.high_water_path(),
          .schema_version = kSchemaVersion,
          .migrations = Migrations()};
}

Examination::Options ExaminationOptions(const Config& config) {
  Examination::Options options;
  if (config.lease_seconds() > 0) options.lease = absl::Seconds(config.lease_seconds());
  if (config.supplement_days() > 0)
    options.supplement_period = config.supplement_days() * absl::Hours(24);
  return options;
}

outbox::Options OutboxOptions(const Config& config) {
  outbox::Options options{
      .table_number = kOutboxTable, .feed_topic = kOutboxTopic, .on_sent = MarkSent};
  if (config.max_messages_in_flight() > 0)
    options.max_in_flight = static_cast<size_t>(config.max_messages_in_flight());
  return options;
}

}  // namespace eid::approval
