// SPDX-License-Identifier: Apache-2.0
#include "services/approval/cases.h"

#include <string>
#include <utility>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/kv/page.h"
#include "common/status/macros.h"
#include "services/approval/explain.h"
#include "services/approval/notices.h"
#include "services/approval/notifications.h"
#include "services/approval/store.h"
#include "services/approval/validate.h"

namespace eid::approval {
namespace {

constexpr absl::string_view kStream = "WatchCases";

template <class Request>
kv::RequestKey KeyOfRequest(const rpc::Call& call, const Request& request) {
  return {.scope = kv::KeyOf(call.CallerId(), call.method),
          .request_id = request.request_id(),
          .digest = kv::DigestOf(request)};
}

}  // namespace

Officer OfficerOf(const rpc::Call& call) {
  return {.account_id = std::string(call.account_id()),
          .is_reviewer = call.HasRole(policy::v1::OFFICER_ROLE_REVIEWER),
          .is_approver = call.HasRole(policy::v1::OFFICER_ROLE_APPROVER)};
}

absl::StatusOr<v1::Case> Examination::Get(const v1::GetCaseRequest& request) const {
  RETURN_IF_ERROR(Validate(request));
  ASSIGN_OR_RETURN(CaseRow row, LoadCase(*database_.Read(), request.case_id()));
  return Present(std::move(row), clock_.TimeNow());
}

absl::StatusOr<v1::CaseExplanation> Examination::Explain(
    const rpc::Call& call, const v1::ExplainCaseRequest& request) const {
  RETURN_IF_ERROR(Validate(request));
  ASSIGN_OR_RETURN(const CaseRow row, LoadBrief(*database_.Read(), request.case_id()));
  return approval::Explain(row, OfficerOf(call), clock_.TimeNow());
}

void Examination::Claim(const rpc::Call& call, const v1::ClaimCaseRequest& request,
                        CaseReply reply) const {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  kv::Mutate<v1::Case>(
      database_, KeyOfRequest(call, request),
      [officer = OfficerOf(call), id = request.case_id(), now = clock_.TimeNow(),
       lease = options_.lease](kv::Txn& txn) -> absl::StatusOr<v1::Case> {
        ASSIGN_OR_RETURN(CaseRow row, LoadCase(txn, id));
        LapseClaim(row, now);
        RETURN_IF_ERROR(May(Verb::kClaim, row, officer));
        approval::Claim(row, officer.account_id, now + lease);
        RETURN_IF_ERROR(SaveCase(txn, row, now));
        return Present(std::move(row), now);
      },
      std::move(reply), call.deadline);
}

void Examination::Release(const rpc::Call& call, const v1::ReleaseCaseRequest& request,
                          CaseReply reply) const {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  kv::Mutate<v1::Case>(
      database_, KeyOfRequest(call, request),
      [officer = OfficerOf(call), id = request.case_id(),
       now = clock_.TimeNow()](kv::Txn& txn) -> absl::StatusOr<v1::Case> {
        ASSIGN_OR_RETURN(CaseRow row, LoadCase(txn, id));
        const bool lapsed = LapseClaim(row, now);
        RETURN_IF_ERROR(May(Verb::kRelease, row, officer));
        const bool claimed = row.case_().state() == v1::Case::STATE_CLAIMED;
        if (claimed) approval::Release(row);
        if (claimed || lapsed) RETURN_IF_ERROR(SaveCase(txn, row, now));
        return Present(std::move(row), now);
      },
      std::move(reply), call.deadline);
}

void Examination::RequestSupplement(const rpc::Call& call,
                                    const v1::RequestSupplementRequest& request,
                                    CaseReply reply) const {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(std::move(valid));
  const absl::Time now = clock_.TimeNow();
  org_registration::v1::SupplementRequest supplement;
  *supplement.mutable_items() = request.items();
  *supplement.mutable_request_time() = ToTimestamp(now);
  *supplement.mutable_expire_time() = ToTimestamp(now + options_.supplement_period);
  kv::Mutate<v1::Case>(
      database_, KeyOfRequest(call, request),
      [this, officer = OfficerOf(call), id = request.case_id(), etag = request.etag(), now,
       supplement, notification_id = ids_.NewId()](kv::Txn& txn) -> absl::StatusOr<v1::Case> {
        ASSIGN_OR_RETURN(CaseRow row, LoadCase(txn, id));
        LapseClaim(row, now);
        RETURN_IF_ERROR(May(Verb::kRequestSupplement, row, officer));
        RETURN_IF_ERROR(CheckEtag(row.case_(), etag));
        approval::RequestSupplement(row, supplement, now);
        RETURN_IF_ERROR(SaveCase(txn, row, now));
        RETURN_IF_ERROR(WriteNotice(txn, outbox_, row.case_(),
                                    {.notification_id = notification_id,
                                     .kind = v1::NOTIFICATION_KIND_SUPPLEMENT_REQUESTED,
                                     .text = SupplementText(row.case_())}));
        return Present(std::move(row), now);
      },
      std::move(reply), call.deadline);
}

absl::StatusOr<uint64_t> Examination::WatchFrom(absl::string_view resume_token) const {
  if (resume_token.empty()) return database_.revision();
  return kv::ParseResumeToken(database_.page_key(), kStream, resume_token);
}

absl::StatusOr<std::shared_ptr<const v1::CaseEvent>> Examination::EventOf(
    const kv::FeedEntry& entry, uint64_t resume) const {
  if (entry.topic != kCaseTopic) return std::shared_ptr<const v1::CaseEvent>();
  const auto is_this = [&](const Told& told) {
    return told.event != nullptr && told.revision == entry.revision && told.seq == entry.seq &&
           told.resume == resume;
  };
  const size_t place = (entry.revision + entry.seq) % kTold;
  {
    const MutexLock lock(mutex_);
    if (is_this(told_[place])) return told_[place].event;
  }
  // What changes later has an entry of its own. Who wants the documents asks for them.
  ASSIGN_OR_RETURN(CaseRow row, LoadBrief(*database_.Read(), entry.subject_id));
  auto event = std::make_shared<v1::CaseEvent>(Heartbeat(resume));
  *event->mutable_case_() = Present(std::move(row), clock_.TimeNow());
  const MutexLock lock(mutex_);
  told_[place] = {entry.revision, entry.seq, resume, event};
  return event;
}

v1::CaseEvent Examination::Heartbeat(uint64_t revision) const {
  v1::CaseEvent event;
  event.set_resume_token(kv::MakeResumeToken(database_.page_key(), kStream, revision));
  return event;
}

}  // namespace eid::approval
