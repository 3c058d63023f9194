// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "absl/strings/match.h"
#include "common/dossier/organization_keys.h"
#include "common/outbox/message_table.h"
#include "services/approval/decide.h"
#include "services/approval/decision_signature.h"
#include "services/approval/documents.h"
#include "services/approval/explain.h"
#include "services/approval/notices.h"
#include "services/approval/store.h"
#include "services/approval/timers.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/documents.h"
#include "services/org_registration/dossier_fields.h"
#include "services/org_registration/steps.h"
#include "services/org_registration/store.h"
#include "services/verification/store.h"
#include "services/verification/verdicts.h"
#include "tests/fuzz/rows.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

using approval::CaseRow;
using org_registration::RegistrationRow;

const crypto::PublicKey& TheKey() {
  static const auto* const key =
      new crypto::PublicKey(crypto::PrivateKey::Generate(crypto::Algorithm::kEs256).Public());
  return *key;
}

// What is packed, stored, loaded and unpacked is what it was.
template <class Row, class Packed>
void RequireSameWhenStored(const Row& whole) {
  Row row = whole;
  Row loaded;
  {
    const Packed packed(row);
    Require(loaded.ParseFromString(row.SerializeAsString()), "what is stored can be read");
  }
  Require(Unpack(loaded).ok(), "documents can be read");
  Require(loaded.SerializeAsString() == whole.SerializeAsString(), "documents stay as they were");
}

void ReadCase(const CaseRow& stored) {
  using approval::Verb;
  CaseRow row = stored;
  if (!approval::Unpack(row).ok()) return;
  row.set_category(row.case_().dossier().category());
  RequireSameWhenStored<CaseRow, approval::Packed>(row);
  const approval::Officer officer{"account-1", true, true};
  for (const Verb verb : {Verb::kClaim, Verb::kRelease, Verb::kRequestSupplement, Verb::kApprove,
                          Verb::kReject, Verb::kClose, Verb::kReopen}) {
    (void)approval::May(verb, row, officer);
  }
  const approval::v1::Case shown = approval::Present(row, kNow);
  Require(shown.clock().mark() != approval::v1::CLOCK_MARK_UNSPECIFIED, "a clock has a mark");
  (void)approval::Explain(row, officer, kNow);
  CaseRow passed = row;
  (void)approval::LetTimePass(passed, kNow);
  Require(!(approval::LetTimePass(passed, kNow).changed), "time passes once");
  (void)approval::SupplementText(shown);
  (void)approval::ApprovalText(shown, 7);
  (void)approval::RefusalText(shown);
  Require(!approval::VerifyDecision(shown, TheKey()).ok(), "nobody guesses a signature");
}

void ReadNotification(const approval::NotificationRow& row) {
  for (const auto& message :
       approval::MessagesFor(row.notification(), dossier::v1::Contact::default_instance())) {
    Require(
        approval::NotificationIdOf(message.message_id()) == row.notification().notification_id(),
        "a message leads to its notification");
  }
  (void)approval::NotificationSubject(row.notification());
}

void ReadRegistration(const RegistrationRow& stored) {
  RegistrationRow row = stored;
  if (!org_registration::Unpack(row).ok()) return;
  RequireSameWhenStored<RegistrationRow, org_registration::Packed>(row);
  const auto& registration = row.registration();
  (void)org_registration::ViewOf(row);
  (void)org_registration::PeerOf(org_registration::NextStep(row, kNow));
  (void)org_registration::MissingConsents(registration);
  (void)org_registration::ConsenterIndex(registration.dossier(), "001090012345");
  // Requests are given parts of the row.
  RegistrationRow asked_of = row;
  (void)org_registration::VerificationRequest(asked_of);
  (void)org_registration::CaseRequest(asked_of = row);
  (void)org_registration::ClosingRequest(row);
  (void)org_registration::OrganizationRequest(asked_of = row);
  (void)org_registration::OwnerOf(registration.state());
  for (const std::string& path : org_registration::OpenPaths(row.supplement()))
    Require(!path.empty(), "a path has a name");
  absl::string_view id;
  const std::string subject = org_registration::SubjectOf(row);
  // Ids of accounts are ours: no slash in them.
  if (registration.applicant_account_id().find('/') == std::string::npos) {
    Require(org_registration::IsSubjectOf(registration.applicant_account_id(), subject, id) &&
                id == registration.registration_id(),
            "a subject leads to its registration");
  }
}

void ReadVerification(const verification::VerificationRow& row) {
  verification::Findings findings;
  for (const auto& lookup : row.lookups()) {
    verification::Origin origin{"business", row.verification().create_time()};
    if (lookup.has_person()) findings.representative = {origin, lookup.person()};
    if (lookup.has_organization()) findings.organization.push_back({origin, lookup.organization()});
  }
  findings.co_representatives.resize(static_cast<size_t>(row.dossier().co_representatives_size()),
                                     findings.representative);
  const auto verdicts = verification::JudgeAll(row.dossier(), findings).verdicts;
  (void)verification::ResultOf(verdicts, findings);
  (void)verification::DeadlineClassOf(findings);
  for (const auto& verdict : verdicts) {
    Require(verdict.verdict() != verification::v1::VERDICT_UNSPECIFIED, "a verdict says something");
    Require(HasPath(row.dossier(), verdict.field()) || verdict.field().empty(),
            "a verdict is on a field of the dossier: " + verdict.field());
  }
}

}  // namespace

std::vector<MessageEntry> OtherRows() {
  std::vector<MessageEntry> entries;
  entries.push_back(RowEntry(approval::Cases(), ReadCase));
  entries.push_back(RowEntry(approval::Notifications(), ReadNotification));
  entries.push_back(RowEntry(org_registration::Registrations(), ReadRegistration));
  entries.push_back(RowEntry(org_registration::FileCounters(), [](const auto&) {}));
  entries.push_back(RowEntry(org_registration::Follows(), [](const auto&) {}));
  entries.push_back(RowEntry(org_registration::OpenCounts(), [](const auto&) {}));
  entries.push_back(RowEntry(verification::Verifications(), ReadVerification));
  static const auto* const messages = new kv::Table<outbox::MessageRow>(outbox::MessageTable(9));
  entries.push_back(RowEntry(*messages, [](const outbox::MessageRow& row) {
    outbox::MessageRow failed = row;
    outbox::Park(failed, absl::InvalidArgumentError("no"));
    Require(failed.payload().empty(), "what is parked is forgotten");
  }));
  return entries;
}

Target Rows() {
  std::vector<MessageEntry> entries = IdentityRows();
  for (auto& more : {OtherRows(), KvRows()})
    entries.insert(entries.end(), more.begin(), more.end());
  Target target = MessageTarget("rows", std::move(entries));
  // Bytes that are no message come too, since one input in twenty is mutated as bytes.
  target.run = [messages = target.run](absl::string_view input) {
    messages(input);
    if (!absl::StartsWith(input, "eid.kv.")) return;
    InTime([&] { ReadAsKvRows(input.substr(std::min(input.find('\n'), input.size() - 1) + 1)); });
  };
  return target;
}

}  // namespace eid::fuzz
