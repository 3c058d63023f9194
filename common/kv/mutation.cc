// SPDX-License-Identifier: Apache-2.0
#include "common/kv/mutation.h"

#include "common/crypto/digest.h"
#include "common/fault/fault.h"
#include "common/kv/storage.pb.h"
#include "common/kv/upkeep.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace eid::kv {
namespace internal {
namespace {

using Bytes = absl::StatusOr<std::string>;

// The stored answer, if it is this request's.
absl::StatusOr<Outcome> Replay(const RequestRow& row, const RequestKey& key) {
  if (row.digest() == key.digest) return Outcome{.response = row.response(), .replayed = true};
  return Error(absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_REQUEST_ID_REUSED,
               "This request_id was used for another request.");
}

}  // namespace

absl::StatusOr<Outcome> RunOnce(Txn& txn, const RequestKey& key, absl::Duration ttl,
                                absl::AnyInvocable<Bytes(Txn&)>& body) {
  if (key.request_id.empty()) {
    ASSIGN_OR_RETURN(std::string response, body(txn));
    return Outcome{.response = std::move(response)};
  }
  const std::string answer_key = AnswerKey(key.scope, key.request_id);
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, txn.Get(Space::kRequests, answer_key));
  RequestRow row;
  if (stored.has_value()) {
    if (!row.ParseFromString(*stored)) return UnreadableResponse();
    if (absl::FromUnixNanos(row.unix_nanos()) + ttl > txn.time()) {
      return Replay(row, key);
    }
    txn.Delete(Space::kRequests, AgeKey(row.unix_nanos(), answer_key));
  }
  ASSIGN_OR_RETURN(std::string response, body(txn));
  if (fault::Mutant("request_id_not_stored")) return Outcome{};
  row.set_digest(key.digest);
  row.set_response(std::move(response));
  row.set_unix_nanos(absl::ToUnixNanos(txn.time()));
  txn.Put(Space::kRequests, answer_key, row.SerializeAsString());
  txn.Put(Space::kRequests, AgeKey(row.unix_nanos(), answer_key), "");
  return Outcome{};
}

absl::Status UnreadableResponse() {
  return absl::DataLossError("The store is damaged: a stored response cannot be read.");
}

void MutateBytes(Database& database, RequestKey key, absl::AnyInvocable<Bytes(Txn&)> body,
                 absl::AnyInvocable<void(absl::StatusOr<Outcome>)> done, absl::Time deadline) {
  // Written by the body on a thread of the store, read after it by `done`.
  auto outcome = std::make_shared<Outcome>();
  database.Transact(
      [outcome, key = std::move(key), ttl = database.request_id_ttl(),
       body = std::move(body)](Txn& txn) mutable -> absl::Status {
        ASSIGN_OR_RETURN(*outcome, RunOnce(txn, key, ttl, body));
        return absl::OkStatus();
      },
      [outcome, done = std::move(done)](absl::StatusOr<uint64_t> revision) mutable {
        if (!revision.ok()) return done(revision.status());
        done(*std::move(outcome));
      },
      deadline);
}

}  // namespace internal

std::string DigestOf(const google::protobuf::MessageLite& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializePartialToCodedStream(&coded);
  }
  return crypto::Sha256(bytes);
}

}  // namespace eid::kv
