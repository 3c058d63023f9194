// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"
#include "common/sync/mutex.h"
#include "eid/policy/v1/token.pb.h"
#include "services/identity/storage.pb.h"

namespace eid::identity {

struct KeyTimes {
  // How long a key signs.
  absl::Duration period = absl::Hours(24 * 30);
  // How long a key is shown before it signs.
  absl::Duration lead = absl::Minutes(10);
};

// What the keys need now. Pure.
struct KeyPlan {
  // Make a key that signs from then on.
  std::optional<absl::Time> next_from;
  // Their last token has expired.
  std::vector<std::string> gone;
};
// `able`: those whose private half is at hand; `all`: these and the others.
KeyPlan PlanKeys(const std::vector<SigningKeyRow>& able, const std::vector<SigningKeyRow>& all,
                 const KeyTimes& times, absl::Time now);

// The keys that access tokens are signed with: private halves as files (mode 0600) in a directory,
// everything else in the store. A key that lost its file is followed by a new one at once.
// Thread-safe, but for Tick.
class SigningKeys {
 public:
  // Makes the first key if there is none. The errors of the store and of the files. `database` and
  // `clock` outlive this.
  static absl::StatusOr<std::unique_ptr<SigningKeys>> Open(kv::Database& database,
                                                           const Clock& clock,
                                                           std::string directory, KeyTimes times);

  // Makes the next key when it is due, forgets those that are over. Waits for the store: for one
  // thread of our own.
  absl::Status Tick();

  // The token, signed by the key whose time it is. Takes tens of microseconds.
  absl::StatusOr<std::string> Sign(const policy::v1::AccessClaims& claims) const;
  // What tokens may be signed by, the coming key included. Without ended sessions.
  policy::v1::SigningKeySet PublicKeys() const;

 private:
  struct Key {
    SigningKeyRow row;
    // Null: the file is lost.
    std::shared_ptr<const auth::TokenSigner> signer;
  };
  using Ring = std::vector<Key>;

  SigningKeys(kv::Database& database, const Clock& clock, std::string directory, KeyTimes times)
      : database_(database), clock_(clock), directory_(std::move(directory)), times_(times) {}

  static bool SignsEarlier(const Key& a, const Key& b);
  absl::Status Load();
  absl::Status AddKey(Ring& ring, absl::Time from, absl::Time now);
  absl::Status Forget(Ring& ring, const std::vector<std::string>& key_ids);
  std::string PathOf(const std::string& key_id) const;
  std::shared_ptr<const Ring> ring() const;
  void SetRing(Ring ring);

  kv::Database& database_;
  const Clock& clock_;
  const std::string directory_;
  const KeyTimes times_;
  mutable Mutex mu_;
  // By the time from which they sign.
  std::shared_ptr<const Ring> ring_ ABSL_GUARDED_BY(mu_) = std::make_shared<Ring>();
};

}  // namespace eid::identity
