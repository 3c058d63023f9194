// SPDX-License-Identifier: Apache-2.0
#include "services/identity/signing_keys.h"

#include <algorithm>
#include <cstdio>

#include "common/clock/timestamp.h"
#include "common/crypto/keys.h"
#include "common/crypto/secret_file.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/identity/store.h"

namespace eid::identity {
namespace {

// How long after its last signature a key is still good to verify with.
constexpr absl::Duration kAfterlife =
    absl::Seconds(auth::kMaxLifeSeconds + 2 * auth::kLeewaySeconds);

absl::Time ActiveFrom(const SigningKeyRow& row) { return FromTimestamp(row.activate_time()); }

bool IsOver(const SigningKeyRow& row, absl::Time now) {
  return row.has_retire_time() && FromTimestamp(row.retire_time()) <= now;
}

}  // namespace

KeyPlan PlanKeys(const std::vector<SigningKeyRow>& able, const std::vector<SigningKeyRow>& all,
                 const KeyTimes& times, absl::Time now) {
  KeyPlan plan;
  for (const SigningKeyRow& row : all) {
    if (IsOver(row, now)) plan.gone.push_back(row.key_id());
  }
  std::optional<absl::Time> newest;
  bool one_signs_now = false;
  for (const SigningKeyRow& row : able) {
    if (IsOver(row, now)) continue;
    newest = std::max(newest.value_or(absl::InfinitePast()), ActiveFrom(row));
    one_signs_now = one_signs_now || ActiveFrom(row) <= now;
  }
  if (!one_signs_now) {
    plan.next_from = now;
  } else if (now >= *newest + times.period - times.lead) {
    plan.next_from = std::max(*newest + times.period, now + times.lead);
  }
  return plan;
}

absl::StatusOr<std::unique_ptr<SigningKeys>> SigningKeys::Open(kv::Database& database,
                                                               const Clock& clock,
                                                               std::string directory,
                                                               KeyTimes times) {
  std::unique_ptr<SigningKeys> keys(new SigningKeys(database, clock, std::move(directory), times));
  RETURN_IF_ERROR(keys->Load());
  RETURN_IF_ERROR(keys->Tick());
  return keys;
}

std::string SigningKeys::PathOf(const std::string& key_id) const {
  return directory_ + "/" + key_id + ".pem";
}

absl::Status SigningKeys::Load() {
  std::vector<SigningKeyRow> rows;
  RETURN_IF_ERROR(
      SigningKeyTable().Scan(*database_.Read(), {}, [&](SigningKeyRow row, absl::string_view) {
        rows.push_back(std::move(row));
        return true;
      }));
  Ring ring;
  for (SigningKeyRow& row : rows) {
    const auto pem = crypto::ReadSecretFile(PathOf(row.key_id()));
    if (!pem.ok() && !absl::IsNotFound(pem.status())) return pem.status();
    Key key{.row = std::move(row)};
    if (pem.ok()) {
      ASSIGN_OR_RETURN(const crypto::PrivateKey secret, crypto::PrivateKey::FromPem(*pem));
      key.signer = std::make_shared<auth::TokenSigner>(secret, key.row.key_id());
    } else {
      LogEvent(Severity::kError, "signing_key.lost", {{"key_id", key.row.key_id()}});
    }
    ring.push_back(std::move(key));
  }
  SetRing(std::move(ring));
  return absl::OkStatus();
}

absl::Status SigningKeys::Tick() {
  const absl::Time now = clock_.TimeNow();
  Ring ring = *this->ring();
  std::vector<SigningKeyRow> able, all;
  for (const Key& key : ring) {
    all.push_back(key.row);
    if (key.signer != nullptr) able.push_back(key.row);
  }
  const KeyPlan plan = PlanKeys(able, all, times_, now);
  if (plan.next_from.has_value()) RETURN_IF_ERROR(AddKey(ring, *plan.next_from, now));
  if (!plan.gone.empty()) RETURN_IF_ERROR(Forget(ring, plan.gone));
  return absl::OkStatus();
}

bool SigningKeys::SignsEarlier(const Key& a, const Key& b) {
  return ActiveFrom(a.row) < ActiveFrom(b.row);
}

absl::Status SigningKeys::AddKey(Ring& ring, absl::Time from, absl::Time now) {
  const crypto::PrivateKey secret = crypto::PrivateKey::Generate(crypto::Algorithm::kEs256);
  SigningKeyRow row;
  row.set_key_id(auth::KeyIdOf(secret.Public()));
  row.set_public_key(secret.Public().Spki());
  *row.mutable_create_time() = ToTimestamp(now);
  *row.mutable_activate_time() = ToTimestamp(from);
  // The file first: a row without its file would be a lost key.
  RETURN_IF_ERROR(crypto::CreateSecretFile(PathOf(row.key_id()), secret.ToPem()));
  Ring next = ring;
  next.push_back({row, std::make_shared<auth::TokenSigner>(secret, row.key_id())});
  std::sort(next.begin(), next.end(), SignsEarlier);
  // Each one's end follows from the start of the one after it.
  for (size_t i = 0; i + 1 < next.size(); ++i) {
    if (next[i].row.has_retire_time()) continue;
    *next[i].row.mutable_retire_time() = ToTimestamp(ActiveFrom(next[i + 1].row) + kAfterlife);
  }
  const absl::Status stored = database_
                                  .TransactAndWait([&](kv::Txn& txn) -> absl::Status {
                                    for (const Key& key : next) {
                                      RETURN_IF_ERROR(SigningKeyTable().Put(txn, key.row));
                                    }
                                    return absl::OkStatus();
                                  })
                                  .status();
  if (!stored.ok()) {
    (void)std::remove(PathOf(row.key_id()).c_str());
    return stored;
  }
  const std::string since = absl::FormatTime(absl::RFC3339_sec, from, absl::UTCTimeZone());
  LogEvent(Severity::kInfo, "signing_key.made", {{"key_id", row.key_id()}, {"signs_from", since}});
  ring = next;
  SetRing(std::move(next));
  return absl::OkStatus();
}

absl::Status SigningKeys::Forget(Ring& ring, const std::vector<std::string>& key_ids) {
  RETURN_IF_ERROR(database_
                      .TransactAndWait([&](kv::Txn& txn) -> absl::Status {
                        for (const std::string& id : key_ids) {
                          RETURN_IF_ERROR(SigningKeyTable().Delete(txn, kv::KeyOf(id)));
                        }
                        return absl::OkStatus();
                      })
                      .status());
  ring.erase(std::remove_if(ring.begin(), ring.end(),
                            [&](const Key& key) {
                              return std::count(key_ids.begin(), key_ids.end(), key.row.key_id()) >
                                     0;
                            }),
             ring.end());
  SetRing(ring);
  for (const std::string& id : key_ids) {
    (void)std::remove(PathOf(id).c_str());
    LogEvent(Severity::kInfo, "signing_key.forgotten", {{"key_id", id}});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SigningKeys::Sign(const policy::v1::AccessClaims& claims) const {
  // In this order: a ring always has a key whose time has come at any later moment, but those of an
  // earlier one may be forgotten.
  const std::shared_ptr<const Ring> keys = ring();
  const absl::Time now = clock_.TimeNow();
  // The newest whose time has come.
  for (auto key = keys->rbegin(); key != keys->rend(); ++key) {
    if (key->signer != nullptr && ActiveFrom(key->row) <= now) return key->signer->Sign(claims);
  }
  return absl::InternalError("there is no key to sign with");
}

policy::v1::SigningKeySet SigningKeys::PublicKeys() const {
  policy::v1::SigningKeySet set;
  const std::shared_ptr<const Ring> keys = ring();
  for (const Key& key : *keys) {
    policy::v1::SigningKey& shown = *set.add_keys();
    shown.set_key_id(key.row.key_id());
    shown.set_public_key(key.row.public_key());
    if (key.row.has_retire_time()) shown.set_retire_time(key.row.retire_time().seconds());
  }
  return set;
}

std::shared_ptr<const SigningKeys::Ring> SigningKeys::ring() const {
  MutexLock lock(mu_);
  return ring_;
}

void SigningKeys::SetRing(Ring ring) {
  std::sort(ring.begin(), ring.end(), SignsEarlier);
  auto next = std::make_shared<const Ring>(std::move(ring));
  MutexLock lock(mu_);
  ring_ = std::move(next);
}

}  // namespace eid::identity
