// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/kv/mutation.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/identity/v1/account_service.pb.h"
#include "services/identity/environment.h"
#include "services/identity/person_check.h"
#include "services/identity/prover.h"

namespace eid::identity {

// Personal accounts. Thread-safe.
class Accounts {
 public:
  Accounts(const Environment& environment, const Prover& prover, PersonCheck& persons)
      : environment_(environment), prover_(prover), persons_(persons) {}

  // AccountService.
  void Enroll(const rpc::Call& call, const v1::EnrollAccountRequest& request,
              rpc::Reply<v1::Account> reply);
  void Activate(const rpc::Call& call, const v1::ActivateAccountRequest& request,
                rpc::Reply<v1::Account> reply);
  void Get(const rpc::Call& call, const v1::GetAccountRequest& request,
           rpc::Reply<v1::Account> reply);
  void List(const rpc::Call& call, const v1::ListAccountsRequest& request,
            rpc::Reply<v1::ListAccountsResponse> reply);

 private:
  void CheckPerson(const rpc::Call& call, const v1::EnrollAccountRequest& request,
                   kv::RequestKey key, rpc::Reply<v1::Account> reply);
  void Grant(const rpc::Call& call, const v1::EnrollAccountRequest& request, kv::RequestKey key,
             const verification::v1::CheckPersonResponse& person, rpc::Reply<v1::Account> reply);
  // A new account, or the one that was not activated in time.
  absl::StatusOr<v1::Account> GrantIn(kv::Txn& txn, AccountRow row) const;
  // On the hash pool.
  absl::StatusOr<v1::Account> ActivateNow(const v1::ActivateAccountRequest& request,
                                          const kv::RequestKey& key) const;
  // The same for a request that was not answered before.
  absl::StatusOr<v1::Account> ActivateAnew(const v1::ActivateAccountRequest& request,
                                           const kv::RequestKey& key) const;
  // Whoever proved the code learns that the window is over; the row says so from then on.
  absl::Status Expired(const Proof& proof) const;
  absl::StatusOr<v1::ListAccountsResponse> ListNow(const v1::ListAccountsRequest& request) const;

  const Environment& environment_;
  const Prover& prover_;
  PersonCheck& persons_;
};

// The row of a new level-2 account, GRANTED, with its window. INTERNAL if the rules of law have no
// activation period for today.
absl::StatusOr<AccountRow> NewAccount(const Environment& environment, std::string account_id,
                                      absl::Time now);

}  // namespace eid::identity
