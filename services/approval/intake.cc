// SPDX-License-Identifier: Apache-2.0
#include "services/approval/intake.h"

#include <utility>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/status/macros.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/approval/decide.h"
#include "services/approval/store.h"
#include "services/approval/validate.h"

namespace eid::approval {
namespace {

v1::Case CaseOf(const v1::EnsureCaseRequest& request, v1::Clock clock, absl::Time now) {
  v1::Case c;
  c.set_case_id(request.case_id());
  c.set_file_code(request.file_code());
  c.set_state(v1::Case::STATE_OPEN);
  c.set_submission_number(request.submission_number());
  *c.mutable_dossier() = request.dossier();
  c.set_dossier_digest(request.dossier_digest());
  *c.mutable_verification() = request.verification();
  c.set_applicant_account_id(request.applicant_account_id());
  *c.mutable_consenting_account_ids() = request.consenting_account_ids();
  *c.mutable_clock() = std::move(clock);
  *c.mutable_create_time() = ToTimestamp(now);
  return c;
}

absl::Status Inconsistent(absl::string_view field, absl::string_view description) {
  Violations violations;
  violations.Add(field, policy::v1::FIELD_REASON_INCONSISTENT, description);
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

// A submission that was taken before must be what it was then.
absl::Status CheckSame(const v1::Case& before, const v1::Case& submission) {
  if (before.submission_number() == submission.submission_number() &&
      before.dossier_digest() != submission.dossier_digest()) {
    return Inconsistent("dossier_digest", "This submission was made with another dossier.");
  }
  if (before.file_code() != submission.file_code())
    return Inconsistent("file_code", "The case has another file code.");
  if (before.applicant_account_id() != submission.applicant_account_id())
    return Inconsistent("applicant_account_id", "The case has another applicant.");
  return absl::OkStatus();
}

// Whoever ensures a case has its documents.
v1::Case PresentBrief(CaseRow row, absl::Time now) {
  v1::Case c = Present(std::move(row), now);
  c.clear_dossier();
  c.clear_verification();
  return c;
}

absl::StatusOr<v1::Case> EnsureIn(kv::Txn& txn, v1::Case submission, absl::Time now) {
  absl::StatusOr<CaseRow> row = Cases().Get(txn, kv::KeyOf(submission.case_id()));
  if (absl::IsNotFound(row.status())) {
    CaseRow opened;
    *opened.mutable_case_() = std::move(submission);
    opened.set_announced_mark(v1::CLOCK_MARK_RUNNING);
    RETURN_IF_ERROR(SaveCase(txn, opened, now));
    return PresentBrief(std::move(opened), now);
  }
  RETURN_IF_ERROR(row.status());
  RETURN_IF_ERROR(CheckSame(row->case_(), submission));
  if (submission.submission_number() > row->case_().submission_number()) {
    RETURN_IF_ERROR(May(Verb::kReopen, *row, {}));
    Reopen(*row, std::move(submission));
    RETURN_IF_ERROR(SaveCase(txn, *row, now));
  }
  return PresentBrief(*std::move(row), now);
}

}  // namespace

void Intake::Ensure(const rpc::Call& call, const v1::EnsureCaseRequest& request,
                    CaseReply reply) const {
  const absl::Time now = clock_.TimeNow();
  if (absl::Status valid = Validate(request, now); !valid.ok()) return reply(std::move(valid));
  absl::StatusOr<v1::Clock> clock = periods_.Start(FromTimestamp(request.receive_time()),
                                                   request.verification().deadline_class());
  if (!clock.ok()) {
    Violations violations;
    violations.Add("receive_time", policy::v1::FIELD_REASON_OUT_OF_RANGE, clock.status().message());
    return reply(violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST));
  }
  kv::Mutate<v1::Case>(
      database_, {},
      [submission = CaseOf(request, *std::move(clock), now), now](kv::Txn& txn) mutable {
        return EnsureIn(txn, std::move(submission), now);
      },
      std::move(reply), call.deadline);
}

void Intake::Close(const rpc::Call& call, const v1::CloseCaseRequest& request,
                   CaseReply reply) const {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  kv::Mutate<v1::Case>(
      database_, {},
      [id = request.case_id(), now = clock_.TimeNow()](kv::Txn& txn) -> absl::StatusOr<v1::Case> {
        ASSIGN_OR_RETURN(CaseRow row, LoadBrief(txn, id));
        RETURN_IF_ERROR(May(Verb::kClose, row, {}));
        if (row.case_().state() != v1::Case::STATE_CLOSED) {
          approval::Close(row, now);
          RETURN_IF_ERROR(SaveCase(txn, row, now));
        }
        return PresentBrief(std::move(row), now);
      },
      std::move(reply), call.deadline);
}

}  // namespace eid::approval
