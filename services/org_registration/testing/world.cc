// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/testing/world.h"

#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "services/org_registration/documents.h"

namespace eid::org_registration::testing {

rpc::Call Holder::CallOf(absl::string_view method) const {
  rpc::Call call = rpc::testing::WithClaims(
      rpc::testing::CallOfHolder(account_id),
      [&](auto& claims) { claims.set_device_key(device.Public().Fingerprint()); });
  call.method = std::string(method);
  call.deadline = absl::InfiniteFuture();
  return call;
}

v1::UpdateRegistrationRequest Rename(const Registration& registration, const std::string& name) {
  v1::UpdateRegistrationRequest request;
  request.set_registration_id(registration.registration_id());
  request.mutable_dossier()->mutable_names()->set_vietnamese(name);
  request.mutable_update_mask()->add_paths("names.vietnamese");
  return request;
}

World::World(Workflow::Options options)
    : db(Value(kv::Database::Open({.in_memory = true, .clock = &clock}))),
      options_(std::move(options)) {
  Meet(applicant_);
  Meet(stranger_);
  Start();
}

void World::Start() {
  persons.emplace(people);
  filing.emplace(*db, clock, ids_, *persons,
                 Filing::Options{.periods = options_.periods,
                                 .file_unit = "G01.899",
                                 .hand_over = [this](absl::string_view id) {
                                   handed_over.emplace_back(id);
                                   if (workflow) workflow->Nudge(id);
                                 }});
  reading.emplace(*db, *persons);
  workflow = std::make_unique<Workflow>(*db, clock, peers, options_);
}

void World::Restart() {
  workflow.reset();
  Start();
}

void World::Meet(const Holder& holder) {
  people.persons[holder.account_id] = {.account_id = holder.account_id,
                                       .personal_id = holder.personal_id,
                                       .active = true,
                                       .level = 2};
}

const Holder& World::co_representative(int n) {
  const auto [holder, is_new] = co_representatives_.try_emplace(
      n, Holder{absl::StrCat("account-", n), CoRepresentativeId(n)});
  if (is_new) Meet(holder->second);
  return holder->second;
}

absl::StatusOr<Registration> World::Create(const dossier::v1::Dossier& dossier,
                                           const std::string& request_id) {
  v1::CreateRegistrationRequest request;
  request.set_request_id(request_id.empty() ? NewRequestId() : request_id);
  *request.mutable_dossier() = dossier;
  return Await<Registration>(
      [&](auto reply) { filing->Create(applicant_.CallOf("Create"), request, reply); });
}

absl::StatusOr<Registration> World::Create(const Holder& holder,
                                           const dossier::v1::Dossier& dossier) {
  v1::CreateRegistrationRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_dossier() = dossier;
  return Await<Registration>(
      [&](auto reply) { filing->Create(holder.CallOf("Create"), request, reply); });
}

absl::StatusOr<Registration> World::Update(v1::UpdateRegistrationRequest request) {
  if (request.request_id().empty()) request.set_request_id(NewRequestId());
  return Await<Registration>(
      [&](auto reply) { filing->Update(applicant_.CallOf("Update"), request, reply); });
}

absl::StatusOr<Registration> World::Submit(const std::string& id, const std::string& request_id) {
  v1::SubmitRegistrationRequest request;
  request.set_request_id(request_id);
  request.set_registration_id(id);
  request.set_declaration_accepted(true);
  return Submit(applicant_, request);
}

absl::StatusOr<Registration> World::Submit(const Holder& holder,
                                           v1::SubmitRegistrationRequest request) {
  if (request.request_id().empty()) request.set_request_id(NewRequestId());
  return Await<Registration>(
      [&](auto reply) { filing->Submit(holder.CallOf("Submit"), request, reply); });
}

v1::ConsentToRegistrationRequest World::ConsentRequest(const Holder& holder,
                                                       const Registration& registration) {
  v1::ConsentToRegistrationRequest request;
  request.set_request_id(NewRequestId());
  request.set_registration_id(registration.registration_id());
  request.set_dossier_digest(registration.dossier_digest());
  request.set_public_key(holder.device.Public().Spki());
  request.set_signature(Value(holder.device.Sign(
      ConsentStatement(registration.registration_id(), registration.dossier_digest()))));
  return request;
}

absl::StatusOr<Registration> World::Consent(const Holder& holder,
                                            const v1::ConsentToRegistrationRequest& request) {
  return Await<Registration>(
      [&](auto reply) { filing->Consent(holder.CallOf("Consent"), request, reply); });
}

absl::StatusOr<Registration> World::Consent(const Holder& holder, const std::string& id) {
  return Consent(holder, ConsentRequest(holder, Now(id)));
}

absl::StatusOr<Registration> World::Supplement(v1::SupplementRegistrationRequest request) {
  if (request.request_id().empty()) request.set_request_id(NewRequestId());
  return Await<Registration>(
      [&](auto reply) { filing->Supplement(applicant_.CallOf("Supplement"), request, reply); });
}

absl::StatusOr<Registration> World::Withdraw(const std::string& id) {
  v1::WithdrawRegistrationRequest request;
  request.set_request_id(NewRequestId());
  request.set_registration_id(id);
  return Await<Registration>(
      [&](auto reply) { filing->Withdraw(applicant_.CallOf("Withdraw"), request, reply); });
}

absl::StatusOr<Registration> World::Get(const Holder& holder, const std::string& id) {
  v1::GetRegistrationRequest request;
  request.set_registration_id(id);
  return Await<Registration>(
      [&](auto reply) { reading->Get(holder.CallOf("Get"), request, reply); });
}

absl::StatusOr<v1::ListRegistrationsResponse> World::List(
    const Holder& holder, const v1::ListRegistrationsRequest& request) {
  return Await<v1::ListRegistrationsResponse>(
      [&](auto reply) { reading->List(holder.CallOf("List"), request, reply); });
}

RegistrationRow World::Row(const std::string& id) {
  RegistrationRow row = Value(Registrations().Get(*db->Read(), kv::KeyOf(id)));
  REQUIRE_OK(Unpack(row));
  return row;
}

void World::Settle() {
  REQUIRE_OK(db->TransactAndWait([](kv::Txn&) { return absl::OkStatus(); }));
}

void World::Run() {
  while (workflow->Look() > 0) Settle();
}

std::string World::Bring(Registration::State state) {
  const bool consent = state == Registration::STATE_AWAITING_CONSENT;
  const std::string id =
      Value(Create(ValidDossier(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE, consent ? 1 : 0)))
          .registration_id();
  if (state == Registration::STATE_DRAFT) return id;
  if (state == Registration::STATE_WITHDRAWN) {
    REQUIRE_OK(Withdraw(id));
    return id;
  }
  if (state == Registration::STATE_EXPIRED) {
    clock.Advance(absl::Hours(24 * 31));
    Run();
    return id;
  }
  peers.concludes = state != Registration::STATE_VERIFYING;
  if (state == Registration::STATE_ISSUING) peers.away.insert(PEER_IDENTITY);
  REQUIRE_OK(Submit(id));
  if (consent) return id;
  Run();
  if (state == Registration::STATE_SUPPLEMENT_REQUIRED) peers.AskFor(id, {"names"});
  if (state == Registration::STATE_REJECTED) peers.Reject(id);
  if (state == Registration::STATE_ISSUING || state == Registration::STATE_ISSUED) {
    peers.Approve(id);
  }
  workflow->Nudge(id);
  Run();
  return id;
}

}  // namespace eid::org_registration::testing
