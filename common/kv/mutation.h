// SPDX-License-Identifier: Apache-2.0
// Mutations that may be repeated: a request with a request_id has its effect once, and every
// repetition gets the first answer again, even if the state has moved on. The answer is stored in
// the same commit as the effect.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message_lite.h"

#include "common/kv/database.h"

namespace eid::kv {

struct RequestKey {
  // Who asks for what: caller and method, for example KeyOf(account_id, "approval.v1/ApproveCase").
  // Request ids of one scope never meet those of another.
  std::string scope;
  // Chosen by the caller. Empty: nothing is kept, every call is its own.
  std::string request_id;
  // What was asked: DigestOf(request).
  std::string digest;
};

// SHA-256 of a request's deterministic serialization.
std::string DigestOf(const google::protobuf::MessageLite& request);

namespace internal {

struct Outcome {
  std::string response;
  bool replayed = false;
};

// In a transaction: the body, and what it answers kept for `ttl`, or the answer that was kept.
absl::StatusOr<Outcome> RunOnce(Txn& txn, const RequestKey& key, absl::Duration ttl,
                                absl::AnyInvocable<absl::StatusOr<std::string>(Txn&)>& body);

void MutateBytes(Database& database, RequestKey key,
                 absl::AnyInvocable<absl::StatusOr<std::string>(Txn&)> body,
                 absl::AnyInvocable<void(absl::StatusOr<Outcome>)> done, absl::Time deadline);

absl::Status UnreadableResponse();

}  // namespace internal

// Runs `body` as Database::Transact does and gives its response to `done`. If the scope has had
// this request_id before, `body` is not run: with the same digest the stored response is given
// again; with another one, INVALID_ARGUMENT with REQUEST_ID_REUSED. Only successes are kept, for
// DatabaseOptions::request_id_ttl. Response is a protobuf message.
template <class Response>
void Mutate(Database& database, RequestKey key,
            absl::AnyInvocable<absl::StatusOr<Response>(Txn&)> body,
            absl::AnyInvocable<void(absl::StatusOr<Response>)> done,
            absl::Time deadline = absl::InfiniteFuture()) {
  const bool keep = !key.request_id.empty();
  // Written by the body on a thread of the store, read by `done` after it; owned by both.
  auto fresh = std::make_shared<std::optional<Response>>();
  internal::MutateBytes(
      database, std::move(key),
      [fresh, keep, body = std::move(body)](Txn& txn) mutable -> absl::StatusOr<std::string> {
        absl::StatusOr<Response> response = body(txn);
        if (!response.ok()) return response.status();
        std::string bytes;
        if (keep) bytes = response->SerializeAsString();
        *fresh = *std::move(response);
        return bytes;
      },
      [fresh, done = std::move(done)](absl::StatusOr<internal::Outcome> outcome) mutable {
        if (!outcome.ok()) return done(outcome.status());
        if (!outcome->replayed) return done(*std::move(*fresh));
        Response stored;
        if (!stored.ParseFromString(outcome->response)) return done(internal::UnreadableResponse());
        done(std::move(stored));
      },
      deadline);
}

}  // namespace eid::kv
