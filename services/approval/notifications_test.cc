// SPDX-License-Identifier: Apache-2.0
#include "services/approval/notifications.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "eid/approval/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/approval/testing/world.h"

namespace eid::approval {
namespace {

using testing::Value;
using testing::World;

v1::Case Decide(World& world, const std::string& case_id) {
  world.Open(case_id);
  return Value(world.Approve("approver", Value(world.Claim("reviewer", case_id))));
}

absl::StatusOr<v1::Notification> MarkRead(World& world, const std::string& account_id,
                                          const std::string& notification_id) {
  v1::MarkNotificationReadRequest request;
  request.set_notification_id(notification_id);
  return testing::Wait<v1::Notification>([&](auto reply) {
    world.notifications.MarkRead(rpc::testing::CallOfHolder(account_id), request, std::move(reply));
  });
}

TEST_CASE("delivered at least once by a carrier that comes and goes, told once in the app") {
  World world;
  world.carrier.Script({absl::UnavailableError("away"), absl::DeadlineExceededError("slow"),
                        absl::UnavailableError("away"), absl::OkStatus(),
                        absl::UnavailableError("away")});
  world.outbox.Start();
  Decide(world, "case-1");
  CHECK(world.NotificationsOf("applicant").size() == 1);
  CHECK_FALSE(world.NotificationsOf("applicant")[0].has_send_time());
  // Until both messages are taken.
  CHECK(testing::Eventually([&] {
    world.clock.Advance(absl::Seconds(1));
    world.outbox.Wake();
    return world.outbox.statistics().sent == 2;
  }));
  std::map<std::string, int> times;
  for (const auto& message : world.carrier.Await(6)) {
    ++times[message.message_id()];
    CHECK_THAT(message.body(), Catch::Contains("G01.899-250303-0001"));
  }
  const std::string id = world.NotificationsOf("applicant")[0].notification_id();
  CHECK(times.size() == 2);
  CHECK(times[absl::StrCat(id, ".sms")] >= 1);
  CHECK(times[absl::StrCat(id, ".email")] >= 1);
  CHECK(times[absl::StrCat(id, ".sms")] + times[absl::StrCat(id, ".email")] == 6);
  const auto told = world.NotificationsOf("applicant");
  REQUIRE(told.size() == 1);
  CHECK(told[0].has_send_time());
}

TEST_CASE("what was decided before a crash is delivered after it") {
  World world;  // whose outbox never started
  Decide(world, "case-1");
  outbox::Outbox after(
      *world.database, world.clock,
      {.table_number = kOutboxTable, .feed_topic = kOutboxTopic, .on_sent = MarkSent},
      world.carrier.sender());
  after.Start();
  CHECK(world.carrier.Await(2).size() == 2);
  CHECK(testing::Eventually([&] { return after.statistics().sent == 2; }));
  CHECK(world.NotificationsOf("applicant")[0].has_send_time());
}

TEST_CASE("an address that the carrier refuses does not stop the other one") {
  World world;
  world.carrier.Script({absl::InvalidArgumentError("no such number")});
  world.outbox.Start();
  Decide(world, "case-1");
  CHECK(testing::Eventually([&] {
    return world.outbox.statistics().sent == 1 && world.outbox.statistics().parked == 1;
  }));
  CHECK(world.NotificationsOf("applicant")[0].has_send_time());
}

TEST_CASE("one's own, newest first, in pages") {
  World world;
  for (int i = 0; i < 5; ++i) {
    Decide(world, absl::StrCat("case-", i));
    world.clock.Advance(absl::Seconds(1));
  }
  CHECK(world.NotificationsOf("consenter").empty());
  v1::ListNotificationsRequest request;
  request.set_page_size(2);
  std::vector<std::string> cases;
  do {
    const auto page =
        Value(world.notifications.List(rpc::testing::CallOfHolder("applicant"), request));
    for (const auto& notification : page.notifications()) cases.push_back(notification.case_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  CHECK(cases == std::vector<std::string>{"case-4", "case-3", "case-2", "case-1", "case-0"});
  // A token of one person is worth nothing to another.
  request.clear_page_token();
  request.set_page_token(
      Value(world.notifications.List(rpc::testing::CallOfHolder("applicant"), request))
          .next_page_token());
  CHECK(
      HasReason(world.notifications.List(rpc::testing::CallOfHolder("stranger"), request).status(),
                policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
}

TEST_CASE("read and unread") {
  World world;
  Decide(world, "case-1");
  world.clock.Advance(absl::Seconds(1));
  Decide(world, "case-2");
  const auto unread = world.NotificationsOf("applicant", true);
  REQUIRE(unread.size() == 2);
  const std::string id = unread[0].notification_id();
  const v1::Notification read = Value(MarkRead(world, "applicant", id));
  CHECK(FromTimestamp(read.read_time()) == world.clock.TimeNow());
  world.clock.Advance(absl::Seconds(1));
  CHECK(Value(MarkRead(world, "applicant", id)).SerializeAsString() == read.SerializeAsString());
  CHECK(world.NotificationsOf("applicant", true).size() == 1);
  CHECK(world.NotificationsOf("applicant").size() == 2);
  // A stranger's looks like none.
  const auto stranger = MarkRead(world, "stranger", id);
  const auto nothing = MarkRead(world, "stranger", "nothing");
  CHECK(stranger.status() == nothing.status());
  CHECK(HasReason(stranger.status(), v1::ERROR_REASON_NOTIFICATION_NOT_FOUND));
}

TEST_CASE("a watch shows its person's alone") {
  World world;
  const uint64_t after = Value(world.notifications.WatchFrom("applicant", ""));
  Decide(world, "case-1");
  int mine = 0, others = 0;
  for (const auto& entry : Value(world.database->feed().Read(after, 100))) {
    const auto event = Value(world.notifications.EventOf("applicant", entry, entry.revision));
    if (event.has_value()) {
      ++mine;
      CHECK(event->notification().case_id() == "case-1");
      CHECK(Value(world.notifications.WatchFrom("applicant", event->resume_token())) ==
            entry.revision);
      CHECK_FALSE(world.notifications.WatchFrom("stranger", event->resume_token()).ok());
    }
    for (const char* account_id : {"stranger", "appli", "applicant/x", ""})
      others += Value(world.notifications.EventOf(account_id, entry, 1)).has_value() ? 1 : 0;
  }
  CHECK(mine == 1);
  CHECK(others == 0);
}

}  // namespace
}  // namespace eid::approval
