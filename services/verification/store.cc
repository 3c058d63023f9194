// SPDX-License-Identifier: Apache-2.0
#include "services/verification/store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/status/macros.h"
#include "services/verification/progress.h"

namespace eid::verification {
namespace {

absl::Time CreateTime(const VerificationRow& row) {
  return FromTimestamp(row.verification().create_time());
}

kv::IndexKeys DueKeys(const VerificationRow& row) {
  kv::IndexKeys keys;
  for (int i = 0; i < LookupCount(row); ++i) {
    if (row.lookups(i).answered()) continue;
    const v1::Lookup& lookup = row.verification().lookups(i);
    const bool asked = lookup.outcome() == v1::LOOKUP_OUTCOME_UNAVAILABLE;
    std::string key =
        kv::KeyOf(lookup.registry_id(), asked, FromTimestamp(row.lookups(i).due_time()),
                  row.verification().verification_id());
    // Look-ups of one verification may be due at one registry at one moment; they are found together.
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

const kv::Table<VerificationRow>& Verifications() {
  static const auto* const table = new kv::Table<VerificationRow>({
      .number = kVerificationTable,
      .name = "verifications",
      .key =
          [](const VerificationRow& row) {
            return kv::KeyOf(row.verification().verification_id());
          },
      .indexes = {{.number = kByCreateTime,
                   .name = "by_create_time",
                   .key =
                       [](const VerificationRow& row) {
                         return kv::KeyOf(kv::Desc(CreateTime(row)),
                                          row.verification().verification_id());
                       }},
                  {.number = kByRegistration,
                   .name = "by_registration",
                   .key =
                       [](const VerificationRow& row) {
                         return kv::KeyOf(row.verification().registration_id(),
                                          kv::Desc(CreateTime(row)),
                                          row.verification().verification_id());
                       }},
                  {.number = kByState,
                   .name = "by_state",
                   .key =
                       [](const VerificationRow& row) {
                         return kv::KeyOf(row.verification().state(), kv::Desc(CreateTime(row)),
                                          row.verification().verification_id());
                       }},
                  {.number = kByDue, .name = "by_due", .key = DueKeys}},
  });
  return *table;
}

absl::Status Save(kv::Txn& txn, VerificationRow& row) {
  row.mutable_verification()->set_etag(absl::StrCat(absl::Hex(txn.revision())));
  RETURN_IF_ERROR(Verifications().Put(txn, row));
  txn.Announce(kVerificationTopic, row.verification().verification_id());
  return absl::OkStatus();
}

}  // namespace eid::verification
