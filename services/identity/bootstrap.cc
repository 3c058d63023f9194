// SPDX-License-Identifier: Apache-2.0
#include "services/identity/bootstrap.h"

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/codes/contact.h"
#include "common/config/config.h"
#include "common/kv/key.h"
#include "common/status/macros.h"
#include "common/text/name.h"
#include "services/identity/accounts.h"
#include "services/identity/messages.h"
#include "services/identity/officers.h"
#include "services/identity/store.h"
#include "services/identity/validate.h"

namespace eid::identity {
namespace {

constexpr char kFlag[] = "--bootstrap";

absl::Status StoreIn(kv::Txn& txn, const Environment& environment, const Bootstrap& bootstrap,
                     AccountRow row) {
  bool any_officer = false;
  RETURN_IF_ERROR(OfficerTable().ScanKeys(txn, {}, [&](absl::string_view, absl::string_view) {
    any_officer = true;
    return false;
  }));
  if (any_officer) {
    return absl::FailedPreconditionError(
        "There is an officer already: the first administrator is made once. Administrators grant "
        "every further role (OfficerService.GrantRole).");
  }
  ASSIGN_OR_RETURN(const std::optional<AccountRow> existing,
                   FindAccountByPersonalId(txn, bootstrap.personal_id()));
  if (existing) return absl::FailedPreconditionError("This person has an account already.");
  RETURN_IF_ERROR(PutAccount(txn, row));
  ASSIGN_OR_RETURN(OfficerRow officer, OfficerOf(txn, row.account().account_id()));
  AddRole(*officer.mutable_officer(), policy::v1::OFFICER_ROLE_ADMINISTRATOR, bootstrap.unit_code(),
          txn.time());
  RETURN_IF_ERROR(PutOfficer(txn, officer));
  return EnqueueGrant(txn, environment.outbox, row.account());
}

}  // namespace

absl::StatusOr<std::string> BootstrapPath(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return std::string();
  absl::string_view first = arguments[0];
  if (arguments.size() == 2 && first == kFlag && !arguments[1].empty()) return arguments[1];
  if (arguments.size() == 1 && absl::ConsumePrefix(&first, absl::StrCat(kFlag, "=")) &&
      !first.empty()) {
    return std::string(first);
  }
  return absl::InvalidArgumentError("the only further argument is --bootstrap=PATH");
}

absl::Status MakeFirstAdministrator(const Environment& environment, const Bootstrap& bootstrap) {
  const absl::Time now = environment.clock.TimeNow();
  RETURN_IF_ERROR(Validate(bootstrap, calendar::DayOf(now)));
  ASSIGN_OR_RETURN(AccountRow row, NewAccount(environment, environment.ids.NewId(), now));
  v1::Account& account = *row.mutable_account();
  account.set_personal_id(bootstrap.personal_id());
  account.set_full_name(text::NormaliseName(bootstrap.full_name()));
  *account.mutable_birth_date() = bootstrap.birth_date();
  account.set_phone(*codes::NormalisePhone(bootstrap.phone()));
  if (!bootstrap.email().empty()) account.set_email(*codes::NormaliseEmail(bootstrap.email()));
  return environment.db
      .TransactAndWait(
          [&](kv::Txn& txn) { return StoreIn(txn, environment, bootstrap, std::move(row)); })
      .status();
}

absl::Status RunBootstrap(const Environment& environment, const std::string& path, int& exit_code) {
  ASSIGN_OR_RETURN(const Bootstrap bootstrap, LoadTextProto<Bootstrap>(path));
  const absl::Status made = MakeFirstAdministrator(environment, bootstrap);
  if (!absl::IsFailedPrecondition(made)) return made;
  std::fprintf(stderr, "bootstrap refused: %s\n", std::string(made.message()).c_str());
  exit_code = kBootstrapRefused;
  return absl::OkStatus();
}

}  // namespace eid::identity
