// SPDX-License-Identifier: Apache-2.0
#include "common/kv/mutation.h"
#include "services/approval/validate.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {

std::vector<MessageEntry> ApprovalEntries() {
  using namespace approval::v1;  // NOLINT: this list is about little else
  std::vector<MessageEntry> entries;
  AddRequests<ApproveCaseRequest, ClaimCaseRequest, CloseCaseRequest, ExplainCaseRequest,
              GetCaseRequest, MarkNotificationReadRequest, RejectCaseRequest, ReleaseCaseRequest,
              RequestSupplementRequest>(
      entries, [](const auto& request) { return approval::Validate(request); });
  AddLists<ListCasesRequest>(entries,
                             [](const auto& request) { return approval::Validate(request); });
  // Its fields are those of paging alone.
  AddLists<ListNotificationsRequest>(entries, [](const auto&) { return absl::OkStatus(); });
  entries.push_back(RequestEntry<EnsureCaseRequest>([](const auto& request) {
    // Nobody guesses a digest: the same request with the right one, too.
    EnsureCaseRequest right = request;
    right.set_dossier_digest(kv::DigestOf(right.dossier()));
    right.mutable_verification()->set_dossier_digest(right.dossier_digest());
    CheckError(right, approval::Validate(right, kNow));
    return approval::Validate(request, kNow);
  }));
  AddWatches<WatchCasesRequest, WatchNotificationsRequest>(entries);
  return entries;
}

Target ApprovalRequests() { return MessageTarget("approval", ApprovalEntries()); }

}  // namespace eid::fuzz
