// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/saving.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/kv/migration.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/documents.h"
#include "services/org_registration/store.h"

namespace eid::org_registration {
namespace {

absl::Status TooMany() {
  return Error(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_TOO_MANY_REGISTRATIONS,
               absl::StrCat("A person has at most ", kMaxOpenRegistrations,
                            " registrations under way; finish or withdraw one."));
}

absl::Status CountOne(kv::Txn& txn, const std::string& account_id, uint32_t most) {
  absl::StatusOr<OpenCountRow> count = OpenCounts().Get(txn, kv::KeyOf(account_id));
  if (absl::IsNotFound(count.status())) {
    count = OpenCountRow();
    count->set_account_id(account_id);
  }
  RETURN_IF_ERROR(count.status());
  if (count->open() >= most) return TooMany();
  count->set_open(count->open() + 1);
  return OpenCounts().Put(txn, *count);
}

absl::Status DiscountOne(kv::Txn& txn, const std::string& account_id) {
  const std::string key = kv::KeyOf(account_id);
  absl::StatusOr<OpenCountRow> count = OpenCounts().Get(txn, key);
  if (absl::IsNotFound(count.status())) {
    // A person must be able to come to an end with what they began, whatever befell the count.
    LOG(ERROR) << "the count of somebody's open registrations is lost";
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(count.status());
  // Nobody who has come to an end with everything is kept.
  if (count->open() <= 1) return OpenCounts().Delete(txn, key);
  count->set_open(count->open() - 1);
  return OpenCounts().Put(txn, *count);
}

// Every row that is written passes here: what is open is counted, once, up to `most` of a person.
absl::Status Count(kv::Txn& txn, RegistrationRow& row, uint32_t most) {
  const v1::Registration& registration = row.registration();
  const bool open = !IsFinal(registration.state());
  if (open == row.counted()) return absl::OkStatus();
  RETURN_IF_ERROR(open ? CountOne(txn, registration.applicant_account_id(), most)
                       : DiscountOne(txn, registration.applicant_account_id()));
  row.set_counted(open);
  return absl::OkStatus();
}

// 2: open registrations are counted; until then they were found by an index, which goes.
absl::StatusOr<bool> CountMore(kv::Txn& txn, std::string& position) {
  static const auto* const before = new kv::Table<RegistrationRow>(RegistrationSpecOfSchema1());
  return kv::ChangeSomeRows(*before, txn, position, [&](const std::string& key) -> absl::Status {
    ASSIGN_OR_RETURN(RegistrationRow row, before->Get(txn, key));
    RETURN_IF_ERROR(before->Delete(txn, key));
    // What is there is there.
    RETURN_IF_ERROR(Count(txn, row, std::numeric_limits<uint32_t>::max()));
    return Registrations().Insert(txn, row);
  });
}

// 3: documents are bytes beside the registration; until then they were in it.
absl::StatusOr<bool> PackMore(kv::Txn& txn, std::string& position) {
  return kv::ChangeSomeRows(Registrations(), txn, position,
                            [&](const std::string& key) -> absl::Status {
                              ASSIGN_OR_RETURN(RegistrationRow row, Registrations().Get(txn, key));
                              const Packed packed(row);
                              return Registrations().Update(txn, row);
                            });
}

}  // namespace

absl::Status Publish(kv::Txn& txn, RegistrationRow& row) {
  row.set_revision(txn.revision());
  *row.mutable_registration()->mutable_update_time() = ToTimestamp(txn.time());
  // First, since it may refuse: undoing a body that wrote costs more.
  RETURN_IF_ERROR(Keep(txn, row));
  txn.Announce(kRegistrationTopic, SubjectOf(row));
  return absl::OkStatus();
}

absl::Status Keep(kv::Txn& txn, RegistrationRow& row) {
  RETURN_IF_ERROR(Count(txn, row, kMaxOpenRegistrations));
  const Packed packed(row);
  return Registrations().Put(txn, row);
}

std::vector<kv::Migration> Migrations() { return {CountMore, PackMore}; }

}  // namespace eid::org_registration
