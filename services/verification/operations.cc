// SPDX-License-Identifier: Apache-2.0
#include "services/verification/operations.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/kv/page.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/verification/v1/errors.pb.h"
#include "services/verification/progress.h"
#include "services/verification/store.h"
#include "services/verification/validate.h"

namespace eid::verification {
namespace {

constexpr absl::string_view kWatchStream = "WatchVerifications";

absl::Status NoSuchVerification() {
  return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_VERIFICATION_NOT_FOUND,
               "There is no such verification.");
}

// The table knows no reasons.
absl::StatusOr<VerificationRow> Load(const kv::Reader& reader, absl::string_view verification_id) {
  absl::StatusOr<VerificationRow> row = Verifications().Get(reader, kv::KeyOf(verification_id));
  if (absl::IsNotFound(row.status())) return NoSuchVerification();
  return row;
}

// What EnsureVerification answers when the id is there.
absl::StatusOr<v1::Verification> SameOrError(VerificationRow row, absl::string_view digest) {
  v1::Verification& verification = *row.mutable_verification();
  if (verification.dossier_digest() == digest) return std::move(verification);
  return Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_DOSSIER_DIFFERS,
               "The verification_id was used with another dossier.");
}

// Everything of the request but the page.
std::string QueryOf(const v1::ListVerificationsRequest& request) {
  return kv::KeyOf(absl::string_view("ListVerifications"), request.registration_id(),
                   request.state());
}

kv::RowRange RangeOf(const v1::ListVerificationsRequest& request) {
  if (!request.registration_id().empty()) {
    return {.index = kByRegistration, .prefix = kv::KeyOf(request.registration_id())};
  }
  if (request.state() != v1::Verification::STATE_UNSPECIFIED) {
    return {.index = kByState, .prefix = kv::KeyOf(request.state())};
  }
  return {.index = kByCreateTime};
}

}  // namespace

Operations::Operations(kv::Database& database, const Clock& clock, Routing routing, Probe probe)
    : database_(database), clock_(clock), routing_(std::move(routing)), probe_(std::move(probe)) {}

void Operations::Ensure(const rpc::Call& call, const v1::EnsureVerificationRequest& request,
                        rpc::Reply<v1::Verification> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(valid);
  // A repeat, as the workflow's usual look: no transaction.
  const std::string key = kv::KeyOf(request.verification_id());
  absl::StatusOr<VerificationRow> known = Verifications().Get(*database_.Read(), key);
  if (known.ok()) return reply(SameOrError(*std::move(known), request.dossier_digest()));
  if (!absl::IsNotFound(known.status())) return reply(known.status());

  auto result = std::make_shared<absl::StatusOr<v1::Verification>>();
  database_.Transact(
      [key, opened = Open(request, routing_, clock_.TimeNow()),
       result](kv::Txn& txn) mutable -> absl::Status {
        const std::string digest = opened.verification().dossier_digest();
        absl::StatusOr<VerificationRow> row = Verifications().Get(txn, key);
        if (absl::IsNotFound(row.status())) {
          row = std::move(opened);
          RETURN_IF_ERROR(Save(txn, *row));
        }
        RETURN_IF_ERROR(row.status());
        *result = SameOrError(*std::move(row), digest);
        return result->status();
      },
      [result, reply](absl::StatusOr<uint64_t> done) {
        if (!done.ok()) return reply(done.status());
        reply(*std::move(*result));
      },
      call.deadline);
}

void Operations::Get(const rpc::Call&, const v1::GetVerificationRequest& request,
                     rpc::Reply<v1::Verification> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(valid);
  reply(Find(request.verification_id()));
}

void Operations::List(const rpc::Call&, const v1::ListVerificationsRequest& request,
                      rpc::Reply<v1::ListVerificationsResponse> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(valid);
  const absl::StatusOr<size_t> size = kv::PageSize(request.page_size());
  if (!size.ok()) return reply(size.status());
  const std::string query = QueryOf(request);
  absl::StatusOr<std::string> position =
      kv::ParsePageToken(database_.page_key(), query, request.page_token());
  if (!position.ok()) return reply(position.status());

  kv::RowRange range = RangeOf(request);
  range.after = *std::move(position);
  absl::StatusOr<kv::RowPage<VerificationRow>> page =
      Verifications().Page(*database_.Read(), range, *size, [&](const VerificationRow& row) {
        return request.state() == v1::Verification::STATE_UNSPECIFIED ||
               row.verification().state() == request.state();
      });
  if (!page.ok()) return reply(page.status());
  v1::ListVerificationsResponse response;
  for (VerificationRow& row : page->rows) {
    *response.add_verifications() = std::move(*row.mutable_verification());
  }
  response.set_next_page_token(kv::MakePageToken(database_.page_key(), query, page->next_position));
  reply(std::move(response));
}

void Operations::Retry(const rpc::Call& call, const v1::RetryVerificationRequest& request,
                       rpc::Reply<v1::Verification> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(valid);
  kv::Mutate<v1::Verification>(
      database_,
      {.scope = kv::KeyOf(call.CallerId(), call.method),
       .request_id = request.request_id(),
       .digest = kv::DigestOf(request)},
      [request, now = clock_.TimeNow()](kv::Txn& txn) -> absl::StatusOr<v1::Verification> {
        ASSIGN_OR_RETURN(VerificationRow row, Load(txn, request.verification_id()));
        if (row.verification().state() == v1::Verification::STATE_CONCLUDED) {
          return WithPrecondition(
              Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ALREADY_CONCLUDED,
                    "The verification has concluded."),
              "STATE", request.verification_id(), "Only a verification in progress is retried.");
        }
        if (MakeDue(now, row)) RETURN_IF_ERROR(Save(txn, row));
        return std::move(*row.mutable_verification());
      },
      [this, reply](absl::StatusOr<v1::Verification> verification) {
        if (verification.ok()) {
          for (const v1::Lookup& lookup : verification->lookups()) {
            if (lookup.outcome() == v1::LOOKUP_OUTCOME_UNAVAILABLE) probe_(lookup.registry_id());
          }
        }
        reply(std::move(verification));
      },
      call.deadline);
}

absl::StatusOr<v1::Verification> Operations::Find(absl::string_view verification_id) const {
  ASSIGN_OR_RETURN(VerificationRow row, Load(*database_.Read(), verification_id));
  return std::move(*row.mutable_verification());
}

absl::StatusOr<uint64_t> Operations::WatchFrom(const v1::WatchVerificationsRequest& request) const {
  if (request.resume_token().empty()) return database_.revision();
  return kv::ParseResumeToken(database_.page_key(), kWatchStream, request.resume_token());
}

absl::StatusOr<std::optional<v1::VerificationEvent>> Operations::EventOf(const kv::FeedEntry& entry,
                                                                         uint64_t resume) const {
  if (entry.topic != kVerificationTopic) return std::nullopt;
  v1::VerificationEvent event = Heartbeat(resume);
  ASSIGN_OR_RETURN(*event.mutable_verification(), Find(entry.subject_id));
  return event;
}

v1::VerificationEvent Operations::Heartbeat(uint64_t revision) const {
  v1::VerificationEvent event;
  event.set_resume_token(kv::MakeResumeToken(database_.page_key(), kWatchStream, revision));
  return event;
}

}  // namespace eid::verification
