// SPDX-License-Identifier: Apache-2.0
#include "common/dossier/organization_keys.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/dossier.h"
#include "services/org_registration/validate.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

using dossier::v1::Dossier;
using org_registration::Canonical;
using org_registration::Moment;
using org_registration::RegistrationRow;
using org_registration::v1::CreateRegistrationRequest;
using org_registration::v1::Registration;

bool Same(const Dossier& a, const Dossier& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

Dossier Tidy(const Dossier& dossier) {
  Dossier tidy = Canonical(dossier);
  Require(Same(Canonical(tidy), tidy), "the canonical form has itself for canonical form");
  return tidy;
}

// From a stored draft through its submission: whatever was let in is dealt with.
void Submitted(RegistrationRow row, const Moment& moment) {
  const Dossier& dossier = row.registration().dossier();
  Require(Same(Canonical(dossier), dossier), "what is stored is canonical");
  (void)dossier::OrganizationKeys(dossier);
  const absl::Status complete = org_registration::CheckSubmission(row.registration(), moment);
  CheckError(row.registration(), complete);
  if (!complete.ok()) return;
  org_registration::Submit(row, moment);
  Require(org_registration::MissingConsents(row.registration()).size() <= 21,
          "consents are bounded");
}

// Each request with the dossier as the operations tidy it before they validate.
template <class Request>
MessageEntry DossierEntry(std::function<void(const Request& tidy, const Moment& moment)> accepted) {
  return EntryOf<Request>([accepted](const Request& request) {
    Request tidy = request;
    *tidy.mutable_dossier() = Tidy(request.dossier());
    absl::Status last;
    CheckValidation(tidy, [&](const google::protobuf::Message& message) {
      return last = org_registration::Validate(static_cast<const Request&>(message), kToday);
    });
    if (last.ok()) InTime([&] { accepted(tidy, {.now = kNow}); });
  });
}

RegistrationRow DraftOf(const Dossier& dossier, const Moment& moment) {
  return org_registration::Draft("registration-1", "account-1", dossier, moment);
}

}  // namespace

std::vector<MessageEntry> OrgRegistrationEntries() {
  using namespace org_registration::v1;  // NOLINT: this list is about little else
  std::vector<MessageEntry> entries;
  AddRequests<ConsentToRegistrationRequest, GetRegistrationRequest, GetStatusRequest,
              SubmitRegistrationRequest, WithdrawRegistrationRequest>(
      entries, [](const auto& request) { return org_registration::Validate(request); });
  AddLists<ListRegistrationsRequest>(
      entries, [](const auto& request) { return org_registration::Validate(request); });
  entries.push_back(
      DossierEntry<CreateRegistrationRequest>([](const auto& tidy, const Moment& moment) {
        Submitted(DraftOf(tidy.dossier(), moment), moment);
      }));
  entries.push_back(DossierEntry<UpdateRegistrationRequest>([](const auto& tidy,
                                                               const Moment& moment) {
    RegistrationRow row = DraftOf({}, moment);
    const auto changed = org_registration::Update(row, tidy.update_mask(), tidy.dossier(), moment);
    CheckError(tidy, changed.status());
    if (changed.ok()) Submitted(std::move(row), moment);
  }));
  entries.push_back(
      DossierEntry<SupplementRegistrationRequest>([](const auto& tidy, const Moment& moment) {
        RegistrationRow row = DraftOf({}, moment);
        org_registration::Enter(row, Registration::STATE_SUPPLEMENT_REQUIRED, moment);
        const auto dossier =
            org_registration::Supplemented(row, tidy.update_mask(), tidy.dossier(), moment);
        CheckError(tidy, dossier.status());
      }));
  AddWatches<WatchRegistrationsRequest>(entries);
  return entries;
}

Target OrgRegistrationRequests() {
  return MessageTarget("org_registration", OrgRegistrationEntries());
}

}  // namespace eid::fuzz
