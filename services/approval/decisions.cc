// SPDX-License-Identifier: Apache-2.0
#include "services/approval/decisions.h"

#include <functional>
#include <memory>
#include <utility>

#include "common/clock/timestamp.h"
#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/status/macros.h"
#include "services/approval/decision_signature.h"
#include "services/approval/notices.h"
#include "services/approval/store.h"
#include "services/approval/validate.h"

namespace eid::approval {

absl::StatusOr<CaseRow> Decisions::Check(const Officer& officer, const Wish& wish,
                                         absl::Time now) const {
  ASSIGN_OR_RETURN(CaseRow row, LoadCase(*database_.Read(), wish.case_id));
  LapseClaim(row, now);
  const bool approves = wish.outcome == v1::OUTCOME_APPROVED;
  RETURN_IF_ERROR(May(approves ? Verb::kApprove : Verb::kReject, row, officer));
  RETURN_IF_ERROR(CheckEtag(row.case_(), wish.etag));
  if (approves) RETURN_IF_ERROR(CheckConclusive(row.case_(), wish.note));
  return row;
}

absl::StatusOr<Decisions::Prepared> Decisions::Prepare(const Officer& officer, const Wish& wish,
                                                       absl::Time now) const {
  Prepared prepared;
  ASSIGN_OR_RETURN(prepared.row, Check(officer, wish, now));
  prepared.before_etag = prepared.row.case_().etag();
  v1::Decision decision;
  decision.set_outcome(wish.outcome);
  decision.set_approver_account_id(officer.account_id);
  *decision.mutable_decide_time() = ToTimestamp(now);
  decision.set_note(wish.note);
  if (wish.outcome == v1::OUTCOME_REJECTED) {
    decision.set_refusal_reason(wish.reason);
    *decision.mutable_refusal_text() = TextOf(wish.reason);
    *decision.mutable_explanation() = wish.explanation;
  }
  RETURN_IF_ERROR(SignDecision(
      StatementOf(prepared.row.case_(), wish.outcome, wish.reason, officer.account_id, now), key_,
      decision));
  approval::Decide(prepared.row, std::move(decision), now);
  ASSIGN_OR_RETURN(prepared.notice, NoticeOf(prepared.row.case_(), now));
  return prepared;
}

absl::StatusOr<Notice> Decisions::NoticeOf(const v1::Case& decided, absl::Time now) const {
  Notice notice{.notification_id = ids_.NewId()};
  if (decided.decision().outcome() == v1::OUTCOME_APPROVED) {
    ASSIGN_OR_RETURN(const int days, periods_.ActivationDays(now));
    notice.kind = v1::NOTIFICATION_KIND_APPROVED;
    notice.text = ApprovalText(decided, days);
  } else {
    notice.kind = v1::NOTIFICATION_KIND_REJECTED;
    notice.text = RefusalText(decided);
  }
  return notice;
}

void Decisions::Decide(const rpc::Call& call, kv::RequestKey key, const Wish& wish,
                       CaseReply reply) const {
  const absl::Time now = clock_.TimeNow();
  // Only of the mutant: it tells of a decision in a commit after the decision's.
  auto late = std::make_shared<std::function<void()>>();
  // A refusal goes through the transaction too: a repeated request gets its first answer there,
  // whatever has become of the case since.
  kv::Mutate<v1::Case>(
      database_, std::move(key),
      [this, now, late, prepared = Prepare(OfficerOf(call), wish, now)](
          kv::Txn& txn) mutable -> absl::StatusOr<v1::Case> {
        RETURN_IF_ERROR(prepared.status());
        ASSIGN_OR_RETURN(const CaseRow row, LoadBrief(txn, prepared->row.case_().case_id()));
        RETURN_IF_ERROR(CheckEtag(row.case_(), prepared->before_etag));
        RETURN_IF_ERROR(SaveCase(txn, prepared->row, now));
        if (fault::Mutant("notice_outside_commit")) {
          *late = [this, decided = prepared->row.case_(), notice = prepared->notice] {
            database_.Transact(
                [=, this](kv::Txn& later) { return WriteNotice(later, outbox_, decided, notice); },
                [](const absl::StatusOr<uint64_t>&) {});
          };
        } else {
          RETURN_IF_ERROR(WriteNotice(txn, outbox_, prepared->row.case_(), prepared->notice));
        }
        return Present(std::move(prepared->row), now);
      },
      [late, reply = std::move(reply)](absl::StatusOr<v1::Case> decided) {
        if (decided.ok()) fault::Point("decided");
        if (*late) (*late)();
        reply(std::move(decided));
      },
      call.deadline);
}

void Decisions::Approve(const rpc::Call& call, const v1::ApproveCaseRequest& request,
                        CaseReply reply) const {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  const Wish wish{.case_id = request.case_id(),
                  .etag = request.etag(),
                  .outcome = v1::OUTCOME_APPROVED,
                  .note = request.note()};
  if (request.validate_only()) {
    const absl::Time now = clock_.TimeNow();
    absl::StatusOr<CaseRow> row = Check(OfficerOf(call), wish, now);
    if (!row.ok()) return reply(row.status());
    return reply(Present(*std::move(row), now));
  }
  Decide(call,
         {.scope = kv::KeyOf(call.CallerId(), call.method),
          .request_id = request.request_id(),
          .digest = kv::DigestOf(request)},
         wish, std::move(reply));
}

void Decisions::Reject(const rpc::Call& call, const v1::RejectCaseRequest& request,
                       CaseReply reply) const {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  Decide(call,
         {.scope = kv::KeyOf(call.CallerId(), call.method),
          .request_id = request.request_id(),
          .digest = kv::DigestOf(request)},
         {.case_id = request.case_id(),
          .etag = request.etag(),
          .outcome = v1::OUTCOME_REJECTED,
          .reason = request.reason(),
          .explanation = request.explanation()},
         std::move(reply));
}

}  // namespace eid::approval
