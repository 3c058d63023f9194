// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/many_cases.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/clock/timestamp.h"
#include "common/config/config.h"
#include "common/crypto/digest.h"
#include "common/kv/database.h"
#include "common/status/macros.h"
#include "services/approval/config.pb.h"
#include "services/approval/configuration.h"
#include "services/approval/documents.h"
#include "services/approval/store.h"

namespace eid::bench {
namespace {

using approval::CaseRow;
using approval::v1::Case;

constexpr uint64_t kCasesOfOneCommit = 2'000;
constexpr uint64_t kReviewers = 200;
// Far enough that no clock rings, spread over half a year.
constexpr absl::Duration kFirstDue = absl::Hours(24 * 60);
constexpr uint64_t kDueMinutes = 180 * 24 * 60;

// A number that looks like chance, the same for the same case: of the use that `salt` names.
uint64_t Chance(uint64_t n, uint64_t salt) {
  uint64_t x = n * 0x9e3779b97f4a7c15 + salt * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

Case::State StateOf(uint64_t n) {
  const uint64_t percent = Chance(n, 1) % 100;
  if (percent < 10) return Case::STATE_OPEN;
  if (percent < 13) return Case::STATE_CLAIMED;
  if (percent < 15) return Case::STATE_SUPPLEMENT_REQUESTED;
  return percent < 90 ? Case::STATE_APPROVED : Case::STATE_REJECTED;
}

dossier::v1::OrganizationCategory CategoryOf(uint64_t n) {
  const uint64_t percent = Chance(n, 2) % 100;
  if (percent < 70) return dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE;
  if (percent < 80) return dossier::v1::ORGANIZATION_CATEGORY_BRANCH;
  if (percent < 88) return dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE;
  if (percent < 94) return dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY;
  return dossier::v1::ORGANIZATION_CATEGORY_TAX_CODED_BODY;
}

void SetDossier(uint64_t n, dossier::v1::Dossier& dossier) {
  const std::string code = absl::StrFormat("37%08d", n % 100'000'000);
  dossier.set_category(CategoryOf(n));
  dossier.mutable_names()->set_vietnamese(absl::StrCat("Công ty TNHH Muôn Vàn ", code));
  dossier.mutable_establishment_date()->set_year(2020);
  dossier.mutable_establishment_date()->set_month(2);
  dossier.mutable_establishment_date()->set_day(29);
  dossier.mutable_head_office()->set_street("Số 1 đường Ví Dụ");
  dossier.mutable_head_office()->set_commune("Phường Mây Trắng");
  dossier.mutable_head_office()->set_province_code("01");
  dossier.set_tax_code(code);
  dossier.set_business_code(code);
  auto& person = *dossier.mutable_representative();
  person.set_full_name("Nguyễn Văn Ví Dụ");
  person.set_personal_id(absl::StrFormat("0%011d", n));
  person.set_position("Giám đốc");
  dossier.mutable_contact()->set_phone("+84900000000");
}

void SetVerification(uint64_t n, absl::Time received, verification::v1::Verification& found) {
  found.set_verification_id(absl::StrCat("bench-", n, ".1"));
  found.set_registration_id(absl::StrCat("bench-", n));
  found.set_state(verification::v1::Verification::STATE_CONCLUDED);
  found.set_result(verification::v1::VERIFICATION_RESULT_MATCH);
  found.set_deadline_class(verification::v1::DEADLINE_CLASS_IN_DATABASE);
  for (const char* registry : {"business", "population"}) {
    verification::v1::Lookup& lookup = *found.add_lookups();
    lookup.set_registry_id(registry);
    lookup.set_outcome(verification::v1::LOOKUP_OUTCOME_MATCH);
    lookup.set_attempts(1);
    lookup.mutable_receipt()->set_request_digest(crypto::Sha256(absl::StrCat(registry, n)));
    lookup.mutable_receipt()->set_response_digest(crypto::Sha256(absl::StrCat(n, registry)));
    *lookup.mutable_receipt()->mutable_receive_time() = ToTimestamp(received);
  }
  for (const char* field : {"names.vietnamese", "tax_code", "representative"}) {
    verification::v1::FieldVerdict& verdict = *found.add_verdicts();
    verdict.set_field(field);
    verdict.set_verdict(verification::v1::VERDICT_MATCH);
    verdict.set_registry_id("business");
  }
}

}  // namespace

CaseRow NthCase(uint64_t n) {
  // Of today, so that every fill of one day gives the same.
  const absl::Time today =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) / 86'400 * 86'400);
  const absl::Time due = today + kFirstDue + absl::Minutes(Chance(n, 3) % kDueMinutes);
  CaseRow row;
  Case& c = *row.mutable_case_();
  c.set_case_id(absl::StrCat("bench-", n));
  c.set_file_code(absl::StrFormat("G01.899.000-261121-%07d", n));
  c.set_state(StateOf(n));
  c.set_submission_number(1);
  SetDossier(n, *c.mutable_dossier());
  c.set_dossier_digest(crypto::Sha256(absl::StrCat(n)));
  SetVerification(n, today, *c.mutable_verification());
  c.set_applicant_account_id(absl::StrCat("applicant-", n % 100'000));
  *c.mutable_clock()->mutable_receive_time() = ToTimestamp(today);
  *c.mutable_clock()->mutable_due_time() = ToTimestamp(due);
  *c.mutable_clock()->mutable_warn_time() = ToTimestamp(due - absl::Hours(24));
  *c.mutable_create_time() = ToTimestamp(today);
  *c.mutable_update_time() = ToTimestamp(today);
  c.set_etag("1");
  row.set_announced_mark(approval::v1::CLOCK_MARK_RUNNING);
  if (c.state() == Case::STATE_OPEN) return row;
  c.set_reviewer_account_id(absl::StrCat("reviewer-", Chance(n, 4) % kReviewers));
  if (c.state() == Case::STATE_CLAIMED) {
    *c.mutable_lease_expire_time() = ToTimestamp(today + absl::Hours(24 * 30));
  } else {
    *c.mutable_clock()->mutable_stop_time() = ToTimestamp(today);
  }
  return row;
}

absl::Status FillCases(const std::string& config_path, uint64_t count) {
  ASSIGN_OR_RETURN(const auto config, LoadTextProto<approval::Config>(config_path));
  ASSIGN_OR_RETURN(const auto database, kv::Database::Open(approval::StoreOptions(config)));
  for (uint64_t first = 0; first < count; first += kCasesOfOneCommit) {
    const uint64_t end = std::min(count, first + kCasesOfOneCommit);
    RETURN_IF_ERROR(database
                        ->TransactAndWait([&](kv::Txn& txn) -> absl::Status {
                          for (uint64_t n = first; n < end; ++n) {
                            CaseRow row = NthCase(n);
                            const approval::Packed packed(row);
                            RETURN_IF_ERROR(approval::Cases().Insert(txn, row));
                          }
                          return absl::OkStatus();
                        })
                        .status());
  }
  return absl::OkStatus();
}

}  // namespace eid::bench
