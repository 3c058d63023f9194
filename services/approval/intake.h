// SPDX-License-Identifier: Apache-2.0
// What the registration workflow does: opens cases, re-opens them with a supplement, closes those
// that the applicant left. Knows no gRPC.
#pragma once

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "services/approval/cases.h"
#include "services/approval/statutory_clock.h"

namespace eid::approval {

// Thread-safe.
class Intake {
 public:
  // All outlive this.
  Intake(kv::Database& database, const Clock& clock, const StatutoryPeriods& periods)
      : database_(database), clock_(clock), periods_(periods) {}

  // Named by case_id and submission_number: repeating it changes nothing.
  void Ensure(const rpc::Call& call, const v1::EnsureCaseRequest& request, CaseReply reply) const;
  void Close(const rpc::Call& call, const v1::CloseCaseRequest& request, CaseReply reply) const;

 private:
  kv::Database& database_;
  const Clock& clock_;
  const StatutoryPeriods& periods_;
};

}  // namespace eid::approval
