// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/keys.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "services/identity/challenge.h"
#include "services/identity/environment.h"
#include "services/identity/storage.pb.h"
#include "services/identity/throttle.h"

namespace eid::identity {

// UNAUTHENTICATED INVALID_CREDENTIALS: the one answer for everything that is wrong.
absl::Status InvalidCredentials();

// Somebody who claims to be a person, and what they offer to prove it.
struct Attempt {
  enum class Purpose {
    kLogin,       // needs an ACTIVE account
    kActivation,  // needs one that waits to be activated, or did so for too long
  };
  Purpose purpose = Purpose::kLogin;
  std::string personal_id;
  std::vector<v1::Factor> factors;
};

// By what an attempt is told from those of strangers; each has its own count of failures.
enum class Channel {
  kRemote,  // by nothing
  kPhone,   // by a right one-time code
  kDevice,  // by a right signature of the bound device
};

// Factors that were right. Worth something only once redeemed.
struct Proof {
  // As it was when they were checked.
  AccountRow account;
  std::vector<FactorKind> kinds;
  // Challenges answered; each is good once.
  std::vector<std::string> challenge_ids;
  std::string subject;
  Attempt::Purpose purpose = Attempt::Purpose::kLogin;
  Channel channel = Channel::kRemote;
  Counted counted;
  // The password hashed anew, if the old hash was cheaper than it ought to be.
  std::string better_password_hash;
};

// Checks factors, in a way that tells nobody whether the account exists: the same steps and the same
// work for an unknown account and for a wrong factor, and each attempt is counted, durably, before
// anything is looked at. A device's signature and a code are looked at first, to know whose attempt
// it is: the signature cannot be guessed, and the code's challenge counts its own tries, in the same
// transaction. Thread-safe.
class Prover {
 public:
  explicit Prover(const Environment& environment);

  // All factors must be right. Hashes and waits for the store: for the hash pool's threads.
  // UNAUTHENTICATED INVALID_CREDENTIALS; RESOURCE_EXHAUSTED TOO_MANY_ATTEMPTS; the store's errors.
  absl::StatusOr<Proof> Check(const Attempt& attempt) const;

  // In the transaction that acts on the proof: uses up its challenges, forgives the failures of its
  // channel (two factors) or this attempt alone (one), and gives the account as it is now.
  // INVALID_CREDENTIALS if any of it has changed meanwhile.
  absl::StatusOr<AccountRow> Redeem(kv::Txn& txn, const Proof& proof) const;

 private:
  // What an attempt finds out as it is counted.
  struct Admitted {
    std::optional<AccountRow> account;
    // Challenges of devices that may be answered, and the one whose code was right.
    std::vector<std::string> open;
    bool code_looked_at = false;
    bool code_right = false;
    // Not zero: it is not admitted.
    absl::Duration wait;
    Channel channel = Channel::kRemote;
    Counted counted;
  };
  struct Device {
    std::optional<DeviceChallenge> challenge;
    bool right = false;
  };

  absl::StatusOr<Device> CheckDevice(const Attempt& attempt) const;
  absl::Status Admit(kv::Txn& txn, const Attempt& attempt, const std::string& subject,
                     const Device& device, Admitted& admitted) const;
  absl::Status LookAtCode(kv::Txn& txn, const v1::OneTimeCode& answer, ThrottleRow& throttle,
                          Admitted& admitted) const;
  absl::Status OpenDevice(kv::Txn& txn, const DeviceChallenge& challenge, Admitted& admitted) const;
  bool IsRight(const v1::Factor& factor, const Admitted& admitted, const Device& device) const;
  bool IsRightSecret(absl::string_view secret, absl::string_view hash) const;

  const Environment& environment_;
  const std::string dummy_hash_;
  const std::string dummy_key_;
};

}  // namespace eid::identity
