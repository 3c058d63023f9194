// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/suite/caller.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace eid::crash {

Answer AnswerOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk: return Answer::kAcked;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnknown: return Answer::kUnknown;
    default: return Answer::kRefused;
  }
}

std::string Caller::RequestIdOf(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  return field == nullptr ? "-" : request.GetReflection()->GetString(request, field);
}

void Caller::Refused(absl::string_view method, bool was_unknown, const absl::Status& status) {
  // Whatever a load asks for was acknowledged before.
  const Invariant invariant = absl::IsNotFound(status) ? Invariant::kReadable
                              : was_unknown            ? Invariant::kResolved
                                                       : Invariant::kNoFailure;
  journal_.Violate(invariant, absl::StrCat(who_, "'s ", method, " was refused",
                                           was_unknown ? ", once it was repeated: " : ": ",
                                           absl::StatusCodeToString(status.code()), " ",
                                           ReasonOf(status), " ", status.message()));
}

void Caller::Otherwise(absl::string_view method, const absl::Status& status) {
  journal_.Violate(Invariant::kOnce,
                   absl::StrCat(who_, "'s ", method, " was answered otherwise when repeated: ",
                                status.ok() ? "another answer" : ReasonOf(status)));
}

absl::Status Caller::MayGoOn(absl::string_view method, absl::Time give_up,
                             const absl::Status& last) {
  if (journal_.violated()) return absl::CancelledError("given up");
  if (absl::Now() > give_up) {
    journal_.Violate(Invariant::kQuiet,
                     absl::StrCat(who_, "'s ", method, " has no answer after ",
                                  absl::FormatDuration(patience_.total), ": ",
                                  absl::StatusCodeToString(last.code()), " ", last.message()));
    return absl::CancelledError("given up");
  }
  if (absl::Status status = person_.KeepLoggedIn(); !status.ok()) {
    journal_.Violate(Invariant::kHarness,
                     absl::StrCat(who_, " gets no new tokens: ", status.message()));
    return absl::CancelledError("given up");
  }
  return absl::OkStatus();
}

}  // namespace eid::crash
