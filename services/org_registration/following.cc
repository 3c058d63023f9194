// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/following.h"

#include <algorithm>
#include <utility>

#include "common/fault/fault.h"
#include "common/kv/key.h"
#include "common/log/log.h"
#include "services/org_registration/store.h"

namespace eid::org_registration {
namespace {

constexpr absl::Duration kFirstWait = absl::Milliseconds(100);
constexpr absl::Duration kLongestWait = absl::Seconds(2);

}  // namespace

Following::Following(kv::Database& database, const Clock& clock, Workflow& workflow)
    : db_(database), clock_(clock), workflow_(workflow) {
  const std::unique_ptr<kv::Reader> reader = db_.Read();
  for (const Peer peer : {PEER_VERIFICATION, PEER_APPROVAL}) {
    const absl::StatusOr<FollowRow> row = Follows().Get(*reader, kv::KeyOf(peer));
    if (row.ok()) places_[peer].token = row->resume_token();
  }
}

std::string Following::Token(Peer peer) const {
  MutexLock lock(mutex_);
  const auto place = places_.find(peer);
  return place == places_.end() ? "" : place->second.token;
}

void Following::OnEvent(News news, absl::string_view resume_token) {
  fault::Point("feed_followed");
  const Peer peer = PeerOf(news);
  workflow_.Hear(std::move(news));
  Move(peer, resume_token);
}

void Following::OnHeartbeat(Peer peer, absl::string_view resume_token) { Move(peer, resume_token); }

void Following::Move(Peer peer, absl::string_view resume_token) {
  bool connected = false;
  std::string to_store;
  {
    MutexLock lock(mutex_);
    Place& place = places_[peer];
    connected = !place.connected;
    place.connected = true;
    place.failures = 0;
    place.token = std::string(resume_token);
    const absl::Time now = clock_.TimeNow();
    if (!place.next_to_store.empty() && now - place.seen >= kStoreAfter) {
      to_store = std::move(place.next_to_store);
      place.next_to_store.clear();
    }
    if (place.next_to_store.empty()) {
      place.next_to_store = place.token;
      place.seen = now;
    }
  }
  if (connected) workflow_.PeerIsBack(peer);
  if (!to_store.empty()) Store(peer, to_store);
}

absl::Duration Following::OnEnd(Peer peer, const absl::Status& status) {
  bool forget = false;
  absl::Duration wait;
  {
    MutexLock lock(mutex_);
    Place& place = places_[peer];
    if (place.connected) LOG(WARNING) << Peer_Name(peer) << " is no longer followed";
    place.connected = false;
    // The token is too old or of another store: from now on; what was missed is found when due.
    forget =
        !place.token.empty() && (absl::IsOutOfRange(status) || absl::IsInvalidArgument(status));
    if (forget) {
      place.token.clear();
      place.next_to_store.clear();
    }
    wait = std::min(kFirstWait * (int64_t{1} << std::min(place.failures, 10)), kLongestWait);
    ++place.failures;
  }
  if (forget) Store(peer, "");
  return wait;
}

void Following::Store(Peer peer, const std::string& token) {
  FollowRow row;
  row.set_peer(peer);
  row.set_resume_token(token);
  db_.Transact([row](kv::Txn& txn) { return Follows().Put(txn, row); },
               [](absl::StatusOr<uint64_t> stored) {
                 if (!stored.ok()) LOG(WARNING) << "following: " << stored.status().message();
               });
}

}  // namespace eid::org_registration
