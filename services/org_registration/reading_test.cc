// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/reading.h"

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/org_registration/testing/world.h"

namespace eid::org_registration {
namespace {

using eid::testing::Value;
using testing::ValidDossier;
using testing::World;
using v1::Registration;

constexpr auto kEnterprise = dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE;

std::vector<std::string> Ids(const v1::ListRegistrationsResponse& page) {
  std::vector<std::string> ids;
  for (const Registration& r : page.registrations()) ids.push_back(r.registration_id());
  return ids;
}
using IdList = std::vector<std::string>;

TEST_CASE("a co-representative sees what was submitted to them, nobody else does") {
  World world;
  const std::string id = Value(world.Create(ValidDossier(kEnterprise, 1))).registration_id();
  const auto sees = [&](const testing::Holder& holder) { return world.Get(holder, id).ok(); };
  CHECK_FALSE(sees(world.co_representative(0)));
  REQUIRE_OK(world.Submit(id));
  CHECK(sees(world.co_representative(0)));
  CHECK(sees(world.applicant()));
  CHECK_FALSE(sees(world.co_representative(1)));
  CHECK_FALSE(sees(world.stranger()));
  // Identity is asked once for each person.
  const int asked = world.people.calls;
  CHECK(sees(world.co_representative(0)));
  CHECK(world.people.calls == asked);
}

TEST_CASE("while identity is away, what is there and what is not look the same to others") {
  World world;
  const std::string id = Value(world.Create(ValidDossier(kEnterprise, 1))).registration_id();
  world.people.away = true;
  CHECK_OK(world.Get(world.applicant(), id));
  const absl::Status there = world.Get(world.stranger(), id).status();
  const absl::Status not_there = world.Get(world.stranger(), "no-such").status();
  CHECK(there == not_there);
  CHECK(there.code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("lists: the caller's own, newest first, by state, page by page") {
  World world;
  IdList all;
  for (int i = 0; i < 7; ++i) {
    all.insert(all.begin(), Value(world.Create({})).registration_id());
    world.clock.Advance(absl::Seconds(1));
  }
  REQUIRE_OK(world.Create(world.stranger(), {}));
  REQUIRE_OK(world.Withdraw(all[2]));

  CHECK(Ids(Value(world.List(world.applicant(), {}))) == all);
  v1::ListRegistrationsRequest request;
  request.set_state(Registration::STATE_WITHDRAWN);
  CHECK(Ids(Value(world.List(world.applicant(), request))) == IdList{all[2]});

  request.clear_state();
  request.set_page_size(3);
  IdList paged;
  int pages = 0;
  do {
    const auto page = Value(world.List(world.applicant(), request));
    for (std::string& id : Ids(page)) paged.push_back(std::move(id));
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  CHECK(pages == 3);
  CHECK(paged == all);
}

TEST_CASE("a page token serves its own query and its own caller") {
  World world;
  for (int i = 0; i < 3; ++i) REQUIRE_OK(world.Create({}));
  v1::ListRegistrationsRequest request;
  request.set_page_size(1);
  request.set_page_token(Value(world.List(world.applicant(), request)).next_page_token());
  CHECK_OK(world.List(world.applicant(), request));
  const auto refused = [&](const testing::Holder& holder) {
    return HasReason(world.List(holder, request).status(),
                     policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID);
  };
  CHECK(refused(world.stranger()));
  request.set_state(Registration::STATE_DRAFT);
  CHECK(refused(world.applicant()));
  request.set_page_token("nonsense");
  CHECK(refused(world.applicant()));
  request.set_page_size(-1);
  CHECK(world.List(world.applicant(), request).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("what waits for my consent") {
  World world;
  const std::string id = Value(world.Create(ValidDossier(kEnterprise, 2))).registration_id();
  v1::ListRegistrationsRequest request;
  request.set_awaiting_my_consent(true);
  const auto waiting = [&](const testing::Holder& holder) {
    return Ids(Value(world.List(holder, request)));
  };
  CHECK(waiting(world.co_representative(0)).empty());
  REQUIRE_OK(world.Submit(id));
  CHECK(waiting(world.co_representative(0)) == IdList{id});
  CHECK(waiting(world.co_representative(1)) == IdList{id});
  CHECK(waiting(world.applicant()).empty());
  REQUIRE_OK(world.Consent(world.co_representative(0), id));
  CHECK(waiting(world.co_representative(0)).empty());
  CHECK(waiting(world.co_representative(1)) == IdList{id});
  request.set_state(Registration::STATE_DRAFT);
  CHECK(waiting(world.co_representative(1)).empty());
}

TEST_CASE("tracking tells how far a file is, and nothing else") {
  World world;
  const std::string id = world.Bring(Registration::STATE_UNDER_REVIEW);
  v1::GetStatusRequest request;
  request.set_file_code(world.Now(id).file_code());
  const v1::FileStatus status = Value(world.reading->Track(request));
  CHECK(status.state() == Registration::STATE_UNDER_REVIEW);
  CHECK(status.text().vi() == "Đang thẩm định");
  CHECK(status.text().en() == "Under review");
  CHECK(status.has_receive_time());
  CHECK(status.has_due_time());

  request.set_file_code("G01.899-250303-0002");
  CHECK(HasReason(world.reading->Track(request).status(), v1::ERROR_REASON_REGISTRATION_NOT_FOUND));
  for (const char* code : {"", "G01.899-250303-", "x"}) {
    request.set_file_code(code);
    CHECK(world.reading->Track(request).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("events are the caller's own; a token resumes its own stream only") {
  World world;
  const uint64_t start = world.db->revision();
  const std::string id = Value(world.Create({})).registration_id();
  REQUIRE_OK(world.Create(world.stranger(), {}));
  REQUIRE_OK(world.Withdraw(id));
  const auto entries = Value(world.db->feed().Read(start, 10));
  REQUIRE(entries.size() == 3);
  std::vector<bool> mine;
  for (const kv::FeedEntry& entry : entries) {
    const auto event = Value(world.reading->EventOf("account-applicant", entry, entry.revision));
    mine.push_back(event.has_value());
    if (!event.has_value()) continue;
    CHECK(event->registration().registration_id() == id);
    // Who wants the documents asks for them.
    CHECK_FALSE(event->registration().has_dossier());
    CHECK_FALSE(event->registration().has_verification());
    v1::WatchRegistrationsRequest request;
    request.set_resume_token(event->resume_token());
    CHECK(Value(world.reading->After("account-applicant", request)) == entry.revision);
    CHECK(HasReason(world.reading->After("account-stranger", request).status(),
                    policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID));
  }
  CHECK(mine == std::vector<bool>{true, false, true});
  CHECK(Value(world.reading->After("account-applicant", {})) == world.db->revision());
}

}  // namespace
}  // namespace eid::org_registration
