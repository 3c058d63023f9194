// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/follower.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace eid::crash {
namespace {

// A stream is opened anew so often even if it does not break.
constexpr absl::Duration kStream = absl::Seconds(2);
constexpr absl::Duration kLastChance = absl::Seconds(20);

}  // namespace

bool Follower::SawAll() const {
  for (const Story& story : shared_.ledger.stories()) {
    if (story.applicant_account_id != session_->account_id() || !story.ended()) continue;
    if (!shared_.sightings.Saw("stream", story.registration_id, story.end)) return false;
  }
  return true;
}

absl::Status Follower::Follow() {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kStream));
  context.set_wait_for_ready(true);
  context.AddMetadata("authorization", "Bearer " + session_->token());
  org_registration::v1::WatchRegistrationsRequest request;
  request.set_resume_token(resume_token_);
  const auto stream = session_->registrations->WatchRegistrations(&context, request);
  org_registration::v1::RegistrationEvent event;
  while (stream->Read(&event)) {
    resume_token_ = event.resume_token();
    if (event.has_registration()) shared_.sightings.See("stream", event.registration());
  }
  return rpc::FromGrpc(stream->Finish());
}

void Follower::Run(const std::atomic<bool>& ended) {
  absl::Time last_chance = absl::InfiniteFuture();
  for (int failures = 0; !shared_.journal.violated() && !(ended && SawAll());) {
    if (ended) last_chance = std::min(last_chance, absl::Now() + kLastChance);
    if (absl::Now() > last_chance) {
      shared_.journal.Violate(Invariant::kQuiet,
                              "the stream has not shown where every registration ended");
      return;
    }
    if (absl::Status status = session_->KeepLoggedIn(); AnswerOf(status) == Answer::kRefused) {
      shared_.journal.Violate(Invariant::kHarness,
                              absl::StrCat("a follower gets no new tokens: ", status.message()));
      return;
    }
    const absl::Status status = Follow();
    if (absl::IsDeadlineExceeded(status)) {
      failures = 0;
    } else if (AnswerOf(status) == Answer::kUnknown) {
      suite::WaitBeforeRepeat(failures++);
    } else {
      shared_.journal.Violate(
          Invariant::kNoFailure,
          absl::StrCat("a stream ended otherwise than a client expects: ",
                       absl::StatusCodeToString(status.code()), " ", status.message()));
    }
  }
}

}  // namespace eid::crash
