// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "common/id/id.h"
#include "common/kv/database.h"
#include "common/kv/mutation.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/persons.h"

namespace eid::org_registration {

// What people do with registrations (Decree 69/2024 Art. 12). Each is: validate → (ask identity who
// the caller is) → transact { load, decide, store } → reply. Errors are those of the contract's
// comments. A request_id that was answered before gets that answer again, whatever has happened
// since, also while identity is away. Thread-safe.
class Filing {
 public:
  // Told, before the caller is answered, of each registration that is now the workflow's: its file is
  // complete, or it was withdrawn and the authority's case is to be closed. The workflow would look at
  // it later by itself. Never waits.
  using HandOver = std::function<void(absl::string_view registration_id)>;
  struct Options {
    Periods periods = {};
    // First part of the file codes that it gives.
    std::string file_unit;
    HandOver hand_over = nullptr;
  };
  using Reply = rpc::Reply<v1::Registration>;

  // The collaborators outlive this.
  Filing(kv::Database& database, const Clock& clock, IdSource& ids, Persons& persons,
         Options options)
      : db_(database), clock_(clock), ids_(ids), persons_(persons), options_(std::move(options)) {}

  void Create(const rpc::Call& call, const v1::CreateRegistrationRequest& request, Reply reply);
  void Update(const rpc::Call& call, const v1::UpdateRegistrationRequest& request, Reply reply);
  void Submit(const rpc::Call& call, const v1::SubmitRegistrationRequest& request, Reply reply);
  void Consent(const rpc::Call& call, const v1::ConsentToRegistrationRequest& request, Reply reply);
  void Supplement(const rpc::Call& call, const v1::SupplementRegistrationRequest& request,
                  Reply reply);
  void Withdraw(const rpc::Call& call, const v1::WithdrawRegistrationRequest& request, Reply reply);

 private:
  // Changes the row; false: nothing changed, and the caller is shown it as it is.
  using Change =
      absl::AnyInvocable<absl::StatusOr<bool>(kv::Txn&, RegistrationRow&, const Moment&)>;

  // Changes the row for the applicant as identity knows them now.
  using ChangeBy =
      std::function<absl::Status(const Person&, kv::Txn&, RegistrationRow&, const Moment&)>;
  // May refuse what is asked for before identity is asked who asks.
  using Check = absl::AnyInvocable<absl::Status(const kv::Reader&)>;
  // A change that waits for identity's word.
  struct Asking;
  // Whether the registration is the workflow's now; of a transaction's body, for its reply.
  using HandsOver = std::shared_ptr<bool>;

  Moment At(absl::Time now) const { return {now, options_.periods}; }
  // Changes a registration of the caller's own.
  void ChangeOwn(const rpc::Call& call, kv::RequestKey key, const std::string& registration_id,
                 const std::string& etag, Change change, Reply reply);
  // The same, of one whose applicant `change` must know as of now. `check` may refuse beforehand.
  void AskAndChangeOwn(const rpc::Call& call, kv::RequestKey key,
                       const std::string& registration_id, const std::string& etag, Check check,
                       ChangeBy change, Reply reply);
  // Goes on with `next` unless the request was answered before or `check` refuses it.
  void IfUnanswered(const rpc::Call& call, kv::RequestKey key, Check check, Reply reply,
                    absl::AnyInvocable<void()> next);
  // Everything that submission checks in the store.
  absl::StatusOr<RegistrationRow> Submittable(const kv::Reader& reader,
                                              absl::string_view account_id,
                                              absl::string_view registration_id,
                                              absl::string_view etag) const;
  // The reply of a transaction that may hand over.
  Reply Telling(HandsOver hands_over, Reply reply) const;
  void CheckOnly(const rpc::Call& call, const v1::SubmitRegistrationRequest& request, Reply reply);
  void StoreConsent(const rpc::Call& call, kv::RequestKey key,
                    const v1::ConsentToRegistrationRequest& request, const std::string& personal_id,
                    Reply reply);
  absl::Status GiveFileCode(kv::Txn& txn, RegistrationRow& row) const;

  kv::Database& db_;
  const Clock& clock_;
  IdSource& ids_;
  Persons& persons_;
  const Options options_;
};

// What a consent's signature is over: "eid-consent-v1", the registration's id and the dossier's
// digest, with a zero byte between.
std::string ConsentStatement(absl::string_view registration_id, absl::string_view dossier_digest);

}  // namespace eid::org_registration
