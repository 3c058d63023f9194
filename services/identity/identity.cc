// SPDX-License-Identifier: Apache-2.0
#include "services/identity/identity.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/identity/configuration.h"
#include "services/identity/messages.h"
#include "services/identity/store.h"

namespace eid::identity {
namespace {

constexpr int kSigningQueue = 4096;

absl::Status MakeParent(const std::string& path) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (error) return absl::UnavailableError(absl::StrCat(path, ": ", error.message()));
  return absl::OkStatus();
}

absl::Status MakeDirectory(const std::string& path, mode_t mode) {
  RETURN_IF_ERROR(MakeParent(path));
  if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
    return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Identity>> Identity::Open(const Config& config, Outside outside) {
  if (config.data_dir().empty() || config.high_water_path().empty()) {
    return absl::InvalidArgumentError("the configuration lacks data_dir or high_water_path");
  }
  RETURN_IF_ERROR(MakeDirectory(config.data_dir(), 0700));
  RETURN_IF_ERROR(MakeParent(config.high_water_path()));
  return Open(config, outside,
              {.path = config.data_dir(), .high_water_path = config.high_water_path()});
}

absl::StatusOr<std::unique_ptr<Identity>> Identity::Open(const Config& config, Outside outside,
                                                         kv::DatabaseOptions options) {
  RETURN_IF_ERROR(CheckConfig(config));
  ASSIGN_OR_RETURN(Parts parts, OpenParts(config, outside.clock, std::move(options)));
  std::unique_ptr<Identity> identity(new Identity(config, outside, std::move(parts)));
  RETURN_IF_ERROR(identity->ended_.Load(*identity->db().Read()));
  identity->verifier_.SetKeys(identity->parts_.keys->PublicKeys());
  return identity;
}

absl::StatusOr<Identity::Parts> Identity::OpenParts(const Config& config, const Clock& clock,
                                                    kv::DatabaseOptions options) {
  options.clock = &clock;
  options.schema_version = kSchemaVersion;
  Parts parts;
  RETURN_IF_ERROR(MakeDirectory(config.key_dir(), 0700));
  ASSIGN_OR_RETURN(Secrets secrets,
                   Secrets::Open(config.key_dir(), PasswordParamsOf(config.hashing())));
  parts.secrets = std::make_unique<Secrets>(std::move(secrets));
  ASSIGN_OR_RETURN(calendar::Calendar calendar, calendar::LoadCalendar(config.calendar_path()));
  parts.calendar = std::make_unique<calendar::Calendar>(std::move(calendar));
  ASSIGN_OR_RETURN(calendar::LegalPeriods periods,
                   calendar::LoadLegalPeriods(config.periods_path()));
  parts.periods = std::make_unique<calendar::LegalPeriods>(std::move(periods));
  ASSIGN_OR_RETURN(parts.db, kv::Database::Open(std::move(options)));
  ASSIGN_OR_RETURN(parts.keys, SigningKeys::Open(*parts.db, clock, config.key_dir(),
                                                 KeyTimesOf(config.key_rotation())));
  return parts;
}

Identity::Identity(const Config& config, Outside outside, Parts parts)
    : config_(config),
      parts_(std::move(parts)),
      verifier_(outside.clock),
      ended_(outside.clock),
      clients_(outside.clock, ClientOptionsOf(config.throttling())),
      outbox_(*parts_.db, outside.clock, {.table_number = kOutboxTable, .feed_topic = kOutboxTopic},
              SenderTo(outside.carrier, *parts_.db, *parts_.secrets)),
      environment_{.db = *parts_.db,
                   .clock = outside.clock,
                   .ids = outside.ids,
                   .secrets = *parts_.secrets,
                   .outbox = outbox_,
                   .keys = *parts_.keys,
                   .verifier = verifier_,
                   .ended = ended_,
                   .clients = clients_,
                   .hashing = hashing_,
                   .signing = signing_,
                   .calendar = *parts_.calendar,
                   .periods = *parts_.periods,
                   .codes = CodeAllowancesOf(config.throttling())},
      prover_(environment_),
      challenges_(environment_),
      logins_(environment_, prover_),
      sessions_(environment_),
      accounts_(environment_, prover_, outside.persons),
      organizations_(environment_),
      officers_(environment_),
      signing_({.name = "sign", .max_queue = kSigningQueue, .low_priority = true}),
      hashing_(HashingPoolOf(config.hashing())),
      upkeep_(*parts_.db, outside.clock, *parts_.keys, verifier_) {}

Identity::~Identity() = default;

void Identity::Start() {
  outbox_.Start();
  upkeep_.Start(UpkeepPause(config_));
}

}  // namespace eid::identity
