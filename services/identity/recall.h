// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/kv/mutation.h"

// For mutations that do something before their transaction (a call, a hash): what was answered to this
// request before is answered again without doing it again.
namespace eid::identity {

// Gives the answer that the request got before, or nothing if it is new. INVALID_ARGUMENT
// REQUEST_ID_REUSED; the store's errors. On the completion thread.
template <class Response>
void Recall(kv::Database& db, kv::RequestKey key,
            std::function<void(absl::StatusOr<std::optional<Response>>)> done,
            absl::Time deadline = absl::InfiniteFuture()) {
  auto is_new = std::make_shared<bool>(false);
  kv::Mutate<Response>(
      db, std::move(key),
      [is_new](kv::Txn&) -> absl::StatusOr<Response> {
        *is_new = true;
        return absl::AbortedError("a new request");
      },
      [is_new, done = std::move(done)](absl::StatusOr<Response> answer) {
        if (*is_new) return done(std::optional<Response>());
        if (!answer.ok()) return done(answer.status());
        done(std::optional<Response>(*std::move(answer)));
      },
      deadline);
}

// kv::Mutate and Recall, waiting: for threads of our own.
template <class Response>
absl::StatusOr<Response> MutateAndWait(
    kv::Database& db, kv::RequestKey key,
    absl::AnyInvocable<absl::StatusOr<Response>(kv::Txn&)> body) {
  absl::StatusOr<Response> result = absl::UnknownError("");
  absl::Notification finished;
  kv::Mutate<Response>(db, std::move(key), std::move(body), [&](absl::StatusOr<Response> answer) {
    result = std::move(answer);
    finished.Notify();
  });
  finished.WaitForNotification();
  return result;
}

template <class Response>
absl::StatusOr<std::optional<Response>> RecallAndWait(kv::Database& db, kv::RequestKey key) {
  absl::StatusOr<std::optional<Response>> result = absl::UnknownError("");
  absl::Notification finished;
  Recall<Response>(db, std::move(key), [&](absl::StatusOr<std::optional<Response>> answer) {
    result = std::move(answer);
    finished.Notify();
  });
  finished.WaitForNotification();
  return result;
}

}  // namespace eid::identity
