// SPDX-License-Identifier: Apache-2.0
// Approving and refusing. A decision is signed before its transaction, over exactly the version of
// the case that the transaction then finds; if it finds another one, nothing is decided. Knows no
// gRPC.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/crypto/keys.h"
#include "common/id/id.h"
#include "common/kv/database.h"
#include "common/kv/mutation.h"
#include "common/outbox/outbox.h"
#include "common/rpc/call.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "services/approval/cases.h"
#include "services/approval/decide.h"
#include "services/approval/notifications.h"
#include "services/approval/statutory_clock.h"

namespace eid::approval {

// Thread-safe.
class Decisions {
 public:
  // All outlive this. The key is ES256.
  Decisions(kv::Database& database, const Clock& clock, IdSource& ids,
            const StatutoryPeriods& periods, const outbox::Outbox& outbox, crypto::PrivateKey key)
      : database_(database),
        clock_(clock),
        ids_(ids),
        periods_(periods),
        outbox_(outbox),
        key_(std::move(key)) {}

  void Approve(const rpc::Call& call, const v1::ApproveCaseRequest& request, CaseReply reply) const;
  void Reject(const rpc::Call& call, const v1::RejectCaseRequest& request, CaseReply reply) const;

 private:
  // What an approver wants, in the form of both requests.
  struct Wish {
    std::string case_id;
    std::string etag;
    v1::Outcome outcome;
    v1::RefusalReason reason = v1::REFUSAL_REASON_UNSPECIFIED;
    std::string note;
    type::v1::LocalizedText explanation;
  };
  // A decided case, ready to be written if the row is still `before_etag`.
  struct Prepared {
    CaseRow row;
    std::string before_etag;
    Notice notice;
  };

  // The case as it stands, if it may be decided so.
  absl::StatusOr<CaseRow> Check(const Officer& officer, const Wish& wish, absl::Time now) const;
  absl::StatusOr<Prepared> Prepare(const Officer& officer, const Wish& wish, absl::Time now) const;
  absl::StatusOr<Notice> NoticeOf(const v1::Case& decided, absl::Time now) const;
  void Decide(const rpc::Call& call, kv::RequestKey key, const Wish& wish, CaseReply reply) const;

  kv::Database& database_;
  const Clock& clock_;
  IdSource& ids_;
  const StatutoryPeriods& periods_;
  const outbox::Outbox& outbox_;
  const crypto::PrivateKey key_;
};

}  // namespace eid::approval
