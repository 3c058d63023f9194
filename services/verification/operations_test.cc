// SPDX-License-Identifier: Apache-2.0
#include "services/verification/operations.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/mutation.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "eid/verification/v1/errors.pb.h"
#include "services/verification/testing/fakes.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

using eid::testing::Value;
using testing::Request;
using testing::Rig;
using v1::Verification;

TEST_CASE("EnsureVerification: the same again is the same one, another dossier is refused") {
  Rig rig;
  const Verification first = Value(rig.Ensure(Request("r-1")));
  rig.clock.Advance(absl::Seconds(5));
  CHECK(Value(rig.Ensure(Request("r-1"))).SerializeAsString() == first.SerializeAsString());
  rig.Settle();
  CHECK(Value(rig.Ensure(Request("r-1"))).state() == Verification::STATE_CONCLUDED);

  v1::EnsureVerificationRequest other = Request("r-1");
  other.mutable_dossier()->set_tax_code("0312687878");
  other.set_dossier_digest(kv::DigestOf(other.dossier()));
  const absl::Status refused = rig.Ensure(other).status();
  CHECK(refused.code() == absl::StatusCode::kInvalidArgument);
  CHECK(HasReason(refused, v1::ERROR_REASON_DOSSIER_DIFFERS));
  CHECK(rig.business.calls() == 1);
}

TEST_CASE("EnsureVerification: a bad request changes nothing") {
  Rig rig;
  v1::EnsureVerificationRequest request = Request("r-1");
  request.mutable_dossier()->clear_representative();
  CHECK(HasReason(rig.Ensure(request).status(), policy::v1::COMMON_REASON_INVALID_REQUEST));
  CHECK(rig.database->revision() == 0);
}

TEST_CASE("GetVerification of what is not there") {
  Rig rig;
  const absl::Status status = rig.Get("r-9.1").status();
  CHECK(status.code() == absl::StatusCode::kNotFound);
  CHECK(HasReason(status, v1::ERROR_REASON_VERIFICATION_NOT_FOUND));
}

TEST_CASE("RetryVerification asks what is unavailable at once, whatever the waits") {
  Rig rig;
  rig.business.Fail(absl::UnavailableError("down"));
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.RunUntil(rig.clock.TimeNow() + absl::Hours(1));
  const int calls = rig.business.calls();
  REQUIRE(rig.business_registry.retry_time() > rig.clock.TimeNow());
  rig.business.Fail(absl::OkStatus());
  const Verification retried = Value(rig.Retry("r-1.1"));
  CHECK(retried.state() == Verification::STATE_IN_PROGRESS);
  rig.Settle();
  CHECK(rig.business.calls() == calls + 1);
  CHECK(Value(rig.Get("r-1.1")).state() == Verification::STATE_CONCLUDED);

  // A repeat gets the first answer; a new request learns that there is nothing to do.
  CHECK(Value(rig.Retry("r-1.1")).SerializeAsString() == retried.SerializeAsString());
  const absl::Status concluded = rig.Retry("r-1.1", "request-2").status();
  CHECK(concluded.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(HasReason(concluded, v1::ERROR_REASON_ALREADY_CONCLUDED));
  const absl::Status reused = rig.Retry("r-2.1").status();
  CHECK(HasReason(reused, policy::v1::COMMON_REASON_REQUEST_ID_REUSED));
  CHECK(
      HasReason(rig.Retry("r-2.1", "request-3").status(), v1::ERROR_REASON_VERIFICATION_NOT_FOUND));
}

// The ids of all pages.
std::vector<std::string> ListAll(Rig& rig, v1::ListVerificationsRequest request) {
  std::vector<std::string> ids;
  do {
    const v1::ListVerificationsResponse page = Value(rig.List(request));
    CHECK(page.verifications_size() <= 3);
    for (const Verification& verification : page.verifications()) {
      ids.push_back(verification.verification_id());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return ids;
}

TEST_CASE("ListVerifications: newest first, page by page, by registration and by state") {
  Rig rig;
  rig.business.Fail(absl::UnavailableError("down"));
  for (int i = 0; i < 10; ++i) {
    rig.clock.Advance(absl::Seconds(1));
    v1::EnsureVerificationRequest request = Request(absl::StrCat("r-", i % 2));
    request.set_verification_id(absl::StrCat("r-", i % 2, ".", i + 1));
    if (i == 4) {
      rig.business.Fail(absl::OkStatus());
      rig.RunUntil(rig.clock.TimeNow() + absl::Seconds(10));
      rig.business.Hold(true);
    }
    REQUIRE_OK(rig.Ensure(request));
    rig.Settle();
  }
  v1::ListVerificationsRequest request;
  request.set_page_size(3);
  CHECK(ListAll(rig, request) == std::vector<std::string>{"r-1.10", "r-0.9", "r-1.8", "r-0.7",
                                                          "r-1.6", "r-0.5", "r-1.4", "r-0.3",
                                                          "r-1.2", "r-0.1"});
  request.set_state(Verification::STATE_CONCLUDED);
  CHECK(ListAll(rig, request) == std::vector<std::string>{"r-1.4", "r-0.3", "r-1.2", "r-0.1"});
  request.set_registration_id("r-0");
  CHECK(ListAll(rig, request) == std::vector<std::string>{"r-0.3", "r-0.1"});
  request.set_state(Verification::STATE_IN_PROGRESS);
  CHECK(ListAll(rig, request) == std::vector<std::string>{"r-0.9", "r-0.7", "r-0.5"});
  request.set_registration_id("nobody");
  CHECK(ListAll(rig, request).empty());
  rig.business.Hold(false);
}

TEST_CASE("ListVerifications: a token serves its own query, and nothing else is one") {
  Rig rig;
  for (int i = 0; i < 3; ++i) REQUIRE_OK(rig.Ensure(Request(absl::StrCat("r-", i))));
  v1::ListVerificationsRequest request;
  request.set_page_size(2);
  request.set_page_token(Value(rig.List(request)).next_page_token());
  CHECK(Value(rig.List(request)).verifications_size() == 1);
  request.set_state(Verification::STATE_IN_PROGRESS);
  CHECK(HasReason(rig.List(request).status(), policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
  request.clear_state();
  request.set_page_token("nonsense");
  CHECK(HasReason(rig.List(request).status(), policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
  request.clear_page_token();
  request.set_page_size(-1);
  CHECK(HasReason(rig.List(request).status(), policy::v1::COMMON_REASON_INVALID_REQUEST));
}

TEST_CASE("watching: every change is announced, and a resume token goes on where it was") {
  Rig rig;
  REQUIRE_OK(rig.Ensure(Request("r-1")));
  rig.Settle();
  const auto entries = Value(rig.database->feed().Read(0, 100));
  // Opened, and an answer from each of two sources.
  REQUIRE(entries.size() == 3);
  std::string resume;
  for (const kv::FeedEntry& entry : entries) {
    const auto event = Value(rig.operations.EventOf(entry, entry.revision));
    REQUIRE(event.has_value());
    CHECK(event->verification().verification_id() == "r-1.1");
    resume = event->resume_token();
  }
  v1::WatchVerificationsRequest request;
  CHECK(Value(rig.operations.WatchFrom(request)) == rig.database->revision());
  request.set_resume_token(resume);
  CHECK(Value(rig.operations.WatchFrom(request)) == entries.back().revision);
  request.set_resume_token("nonsense");
  CHECK(HasReason(rig.operations.WatchFrom(request).status(),
                  policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID));
  CHECK_FALSE(rig.operations.Heartbeat(1).has_verification());
}

}  // namespace
}  // namespace eid::verification
