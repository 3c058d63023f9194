// SPDX-License-Identifier: Apache-2.0
// What reviewers do with a case, and what officers see of one. Knows no gRPC.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/id/id.h"
#include "common/kv/database.h"
#include "common/kv/feed.h"
#include "common/outbox/outbox.h"
#include "common/rpc/call.h"
#include "common/sync/mutex.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "services/approval/decide.h"

namespace eid::approval {

// How an operation answers; from any thread, once.
using CaseReply = std::function<void(absl::StatusOr<v1::Case>)>;

// The person of a call, as the rules know persons.
Officer OfficerOf(const rpc::Call& call);

// The operations on single cases but decisions (decisions.h). Thread-safe.
class Examination {
 public:
  struct Options {
    absl::Duration lease = absl::Minutes(30);
    // Until when an applicant must answer.
    absl::Duration supplement_period = absl::Hours(24 * 30);
  };
  // All outlive this.
  Examination(kv::Database& database, const Clock& clock, IdSource& ids,
              const outbox::Outbox& outbox, Options options)
      : database_(database), clock_(clock), ids_(ids), outbox_(outbox), options_(options) {}

  absl::StatusOr<v1::Case> Get(const v1::GetCaseRequest& request) const;
  absl::StatusOr<v1::CaseExplanation> Explain(const rpc::Call& call,
                                              const v1::ExplainCaseRequest& request) const;
  void Claim(const rpc::Call& call, const v1::ClaimCaseRequest& request, CaseReply reply) const;
  void Release(const rpc::Call& call, const v1::ReleaseCaseRequest& request, CaseReply reply) const;
  void RequestSupplement(const rpc::Call& call, const v1::RequestSupplementRequest& request,
                         CaseReply reply) const;

  // For a watch of cases: where it begins, what an entry of the feed is to it, and what a heartbeat
  // says.
  absl::StatusOr<uint64_t> WatchFrom(absl::string_view resume_token) const;
  // Null: nothing. All watchers are shown the same, so the latest are kept for the next who asks.
  absl::StatusOr<std::shared_ptr<const v1::CaseEvent>> EventOf(const kv::FeedEntry& entry,
                                                               uint64_t resume) const;
  v1::CaseEvent Heartbeat(uint64_t revision) const;

 private:
  kv::Database& database_;
  const Clock& clock_;
  IdSource& ids_;
  const outbox::Outbox& outbox_;
  const Options options_;

  // An event of an entry, at its place by the entry's revision.
  struct Told {
    uint64_t revision = 0;
    uint32_t seq = 0;
    uint64_t resume = 0;
    std::shared_ptr<const v1::CaseEvent> event;
  };
  static constexpr size_t kTold = 256;
  mutable Mutex mutex_;
  mutable std::array<Told, kTold> told_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::approval
