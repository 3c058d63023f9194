// SPDX-License-Identifier: Apache-2.0
// The whole service but its wire, on a store in memory and a clock that tests move.
#pragma once

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/outbox/outbox.h"
#include "common/rpc/testing/calls.h"
#include "common/testing/eventually.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "common/testing/sequential_ids.h"
#include "eid/delivery/v1/delivery_service.pb.h"
#include "services/approval/cases.h"
#include "services/approval/decisions.h"
#include "services/approval/intake.h"
#include "services/approval/notifications.h"
#include "services/approval/queue.h"
#include "services/approval/statutory_clock.h"
#include "services/approval/store.h"
#include "services/approval/timers.h"

namespace eid::approval::testing {

using eid::testing::Eventually;
using eid::testing::Value;

// A carrier that answers as told, and OK when told nothing.
class FakeCarrier {
 public:
  outbox::Sender sender();
  void Script(std::deque<absl::Status> answers);
  // What came so far, once there are so many.
  std::vector<delivery::v1::DeliverRequest> Await(size_t count);

 private:
  absl::Mutex mu_;
  std::vector<delivery::v1::DeliverRequest> received_ ABSL_GUARDED_BY(mu_);
  std::deque<absl::Status> answers_ ABSL_GUARDED_BY(mu_);
};

// The answer of an operation, waited for.
template <class T>
absl::StatusOr<T> Wait(
    const std::function<void(std::function<void(absl::StatusOr<T>)>)>& operation) {
  std::promise<absl::StatusOr<T>> promise;
  auto answer = promise.get_future();
  operation([&promise](absl::StatusOr<T> result) { promise.set_value(std::move(result)); });
  return answer.get();
}

// A time of day in Việt Nam, as in "2026-02-13 09:00".
absl::Time InVietnam(absl::string_view text);

// A submission as registration sends it, of an organization whose data all match.
v1::EnsureCaseRequest Submission(const std::string& case_id, absl::Time receive_time,
                                 int submission_number = 1);
// The same dossier, whose verification came to something else.
void SetResult(v1::EnsureCaseRequest& request, verification::v1::VerificationResult result,
               verification::v1::DeadlineClass deadline_class);
// Another dossier: changes the name, and the digests with it.
void SetName(v1::EnsureCaseRequest& request, const std::string& name);

class World {
 public:
  World();

  // Operations, as registration and officers call them.
  absl::StatusOr<v1::Case> Ensure(const v1::EnsureCaseRequest& request);
  // An OPEN case, received now.
  v1::Case Open(const std::string& case_id);
  absl::StatusOr<v1::Case> Close(const std::string& case_id);
  v1::Case Get(const std::string& case_id);
  absl::StatusOr<v1::Case> Claim(const std::string& reviewer, const std::string& case_id,
                                 const std::string& request_id = "");
  absl::StatusOr<v1::Case> Release(const std::string& reviewer, const std::string& case_id);
  absl::StatusOr<v1::Case> RequestSupplement(const std::string& reviewer, const v1::Case& seen,
                                             const std::string& field = "names.vietnamese");
  absl::StatusOr<v1::Case> Approve(const std::string& approver, const v1::Case& seen,
                                   const std::string& note = "",
                                   const std::string& request_id = "");
  absl::StatusOr<v1::Case> Reject(const std::string& approver, const v1::Case& seen,
                                  v1::RefusalReason reason);
  absl::StatusOr<v1::ListCasesResponse> List(const v1::ListCasesRequest& request);
  std::vector<v1::Notification> NotificationsOf(const std::string& account_id,
                                                bool unread_only = false);
  // Lets the timers do what is due.
  void Sweep() { REQUIRE_OK(timers.Sweep()); }

  FakeClock clock;
  SequentialIds ids;
  std::unique_ptr<kv::Database> database;
  StatutoryPeriods periods;
  const crypto::PrivateKey key = crypto::PrivateKey::Generate(crypto::Algorithm::kEs256);
  FakeCarrier carrier;
  outbox::Outbox outbox;
  // Not started: Sweep() does its work.
  Timers timers;
  Queue queue;
  Examination examination;
  Decisions decisions;
  Intake intake;
  NotificationBox notifications;

 private:
  std::string NextRequestId(const std::string& given);
  SequentialIds request_ids_{"request-"};
};

// Calls of officers.
rpc::Call Reviewer(const std::string& account_id, absl::string_view method = "");
rpc::Call Approver(const std::string& account_id, absl::string_view method = "");

}  // namespace eid::approval::testing
