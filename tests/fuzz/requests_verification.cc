// SPDX-License-Identifier: Apache-2.0
#include "common/kv/mutation.h"
#include "services/verification/lookups.h"
#include "services/verification/progress.h"
#include "services/verification/validate.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

using verification::v1::EnsureVerificationRequest;

// What comes of a request that was found right.
absl::Status Ensure(const EnsureVerificationRequest& request) {
  absl::Status valid = verification::Validate(request);
  if (!valid.ok()) return valid;
  verification::Routing routing{.population = "population", .organizations = {}};
  for (int category = 0; category <= 6; ++category)
    routing.organizations[category] = {"business", "special"};
  const verification::VerificationRow row = verification::Open(request, routing, kNow);
  Require(row.lookups_size() == row.verification().lookups_size(), "look-ups come in pairs");
  for (const auto& lookup : row.verification().lookups())
    (void)verification::QuestionOf(row.dossier(), lookup);
  return valid;
}

}  // namespace

std::vector<MessageEntry> VerificationEntries() {
  using namespace verification::v1;  // NOLINT: this list is about little else
  std::vector<MessageEntry> entries;
  AddRequests<CheckPersonRequest, GetVerificationRequest, RetryVerificationRequest>(
      entries, [](const auto& request) { return verification::Validate(request); });
  AddLists<ListVerificationsRequest>(
      entries, [](const auto& request) { return verification::Validate(request); });
  entries.push_back(RequestEntry<EnsureVerificationRequest>([](const auto& request) {
    // Nobody guesses a digest: the same request with the right one, too.
    EnsureVerificationRequest right = request;
    right.set_dossier_digest(kv::DigestOf(right.dossier()));
    (void)Ensure(right);
    return Ensure(request);
  }));
  AddWatches<WatchVerificationsRequest>(entries);
  return entries;
}

Target VerificationRequests() { return MessageTarget("verification", VerificationEntries()); }

}  // namespace eid::fuzz
