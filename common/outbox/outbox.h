// SPDX-License-Identifier: Apache-2.0
// Messages to send, kept in the sender's own store: what is enqueued in a transaction is sent at
// least once if and only if that transaction commits, through any crash. The receiver knows a
// repetition by the message's id.
//
//   outbox::Outbox outbox(db, clock, {.table_number = 7, .feed_topic = 3},
//                         [&](const std::string& payload, outbox::Done done) {
//                           carrier.Deliver(payload, std::move(done));   // asynchronous
//                         });
//   outbox.Start();
//   …
//   db.Transact([&](kv::Txn& txn) -> absl::Status {
//     RETURN_IF_ERROR(accounts.Update(txn, row));
//     return outbox.Enqueue(txn, {.message_id = id, .payload = request.SerializeAsString()});
//   }, …);
//
// Messages begin their way in the order in which they were enqueued; with max_in_flight above 1, or
// after a failure, they may arrive in another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/kv/database.h"

namespace eid::outbox {

struct Message {
  // Unique among all messages to the receiver, for ever: it is how a repetition is known.
  std::string message_id;
  // Opaque here; holds everything that the sender function needs, message_id included.
  std::string payload;
  // Dropped, unsent, once this has passed.
  absl::Time expire_time = absl::InfiniteFuture();
};

// Says what became of a message; from any thread, also at once. OK: the receiver has taken it.
// INVALID_ARGUMENT: it never will. Anything else: try again later. Only the first call counts, and
// if all copies go without one, it is tried again later.
using Done = std::function<void(absl::Status)>;

// Sends one message. Runs on the outbox's thread and must not wait for the answer. Errors' codes and
// reasons are logged and kept, their texts are not: those may repeat an address.
using Sender = std::function<void(const std::string& payload, Done done)>;

struct Options {
  // Of the owner's store; on disk: never changed, never used again.
  uint32_t table_number = 0;
  // A topic of the owner's change feed for the outbox alone: it wakes the outbox when a transaction
  // with a message has committed.
  uint32_t feed_topic = 0;
  // Messages under way at once.
  size_t max_in_flight = 16;
  // Pause after the n-th failure: first_pause · 2^(n-1), at most max_pause.
  absl::Duration first_pause = absl::Seconds(1);
  absl::Duration max_pause = absl::Minutes(5);
  // Runs in the transaction that strikes out an accepted message: the owner writes down that it was
  // sent. Null: nothing to do. An error undoes the transaction, and the message is sent again.
  std::function<absl::Status(kv::Txn&, absl::string_view message_id)> on_sent = nullptr;
};

// Since the program started, but for the first two.
struct Statistics {
  // Under way now.
  size_t in_flight = 0;
  // Refused for good and still there to be seen.
  uint64_t parked = 0;
  uint64_t sent = 0;
  // Attempts that failed and will be repeated.
  uint64_t retried = 0;
  uint64_t expired = 0;
};

// A message that the receiver refused for good. Its payload is gone.
struct ParkedMessage {
  std::string message_id;
  absl::Time enqueue_time;
  // As in "INVALID_ARGUMENT (INVALID_REQUEST)".
  std::string problem;
};

// One thread that sends what is due. Reads the store only when there may be something to send.
// Thread-safe. `database`, `clock` and what `sender` refers to outlive it.
class Outbox {
 public:
  // CHECK: table_number, feed_topic and max_in_flight are set.
  Outbox(kv::Database& database, const Clock& clock, Options options, Sender sender);
  // Stops.
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Writes the message with the rest of the transaction. ALREADY_EXISTS: a message with this id
  // waits or is parked. CHECK: the id is not empty.
  absl::Status Enqueue(kv::Txn& txn, Message message) const;

  // Starts sending: first what an earlier process left. Once.
  void Start();
  // Stops sending. Messages under way, whose answers no longer count, are sent again after the next
  // start. Waits for its own transactions. Not from a Done, a Sender or a transaction.
  void Stop();

  // Looks for due messages again: for tests that move a FakeClock, whose time nobody waits for.
  void Wake();

  Statistics statistics() const;
  // The oldest parked messages.
  absl::StatusOr<std::vector<ParkedMessage>> ListParked(size_t limit) const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace eid::outbox
