// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/status/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/matchers.h"
#include "common/testing/temporary_folder.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tools/simulators/behavior.h"
#include "tools/simulators/carrier.h"
#include "tools/simulators/records.h"
#include "tools/simulators/registry.h"

namespace eid::simulator {
namespace {

using eid::testing::Value;
using v1::Behavior;

constexpr char kPersonalId[] = "001090123456";
constexpr char kTaxCode[] = "0100109106";

BehaviorSwitch AllModes() {
  return BehaviorSwitch({Behavior::MODE_NORMAL, Behavior::MODE_DOWN, Behavior::MODE_SLOW,
                         Behavior::MODE_STALE, Behavior::MODE_CONTRADICTORY,
                         Behavior::MODE_FLAPPING, Behavior::MODE_TWICE});
}

void Set(BehaviorSwitch& behavior, Behavior::Mode mode) {
  v1::SetBehaviorRequest request;
  request.mutable_behavior()->set_mode(mode);
  REQUIRE_OK(behavior.Set(request));
}

struct World {
  World() {
    registry::v1::PersonRecord person;
    person.set_personal_id(kPersonalId);
    REQUIRE_OK(records.PutPerson(person));
    registry::v1::OrganizationRecord organization;
    organization.set_tax_code(kTaxCode);
    organization.set_agency_code("H99.10");
    organization.set_establishment_decision("1/QĐ-UBND");
    organization.mutable_names()->set_vietnamese("Công ty TNHH Sao Hôm");
    REQUIRE_OK(records.PutOrganization(organization));
  }
  registry::v1::LookupPersonResponse Person(const std::string& id = kPersonalId) {
    registry::v1::LookupPersonRequest request;
    request.set_personal_id(id);
    return Value(registry.LookupPerson(request).response);
  }

  FakeClock clock;
  Records records;
  BehaviorSwitch behavior = AllModes();
  Registry registry{"population", records, behavior, clock};
};

TEST_CASE("a registry answers who is there and who is not") {
  World world;
  const auto found = world.Person();
  CHECK(found.found());
  CHECK(found.person().personal_id() == kPersonalId);
  CHECK(found.source().registry_id() == "population");
  CHECK(found.source().record_version() == 1);
  CHECK(FromTimestamp(found.source().as_of_time()) == world.clock.TimeNow());
  CHECK_FALSE(world.Person("079302000001").found());
  registry::v1::LookupPersonRequest malformed;
  malformed.set_personal_id("12");
  CHECK(HasReason(world.registry.LookupPerson(malformed).response.status(),
                  policy::v1::COMMON_REASON_INVALID_REQUEST));
}

TEST_CASE("an organization is found by each of its keys, the first that is given") {
  World world;
  registry::v1::LookupOrganizationRequest request;
  CHECK(world.registry.LookupOrganization(request).response.status().code() ==
        absl::StatusCode::kInvalidArgument);
  request.set_establishment_decision("1/qđ-ubnd");
  CHECK_FALSE(world.registry.LookupOrganization(request).response.ok());
  request.set_vietnamese_name("CTY TNHH SAO HÔM");
  CHECK(Value(world.registry.LookupOrganization(request).response).found());
  request.set_agency_code("H99.11");
  CHECK_FALSE(Value(world.registry.LookupOrganization(request).response).found());
  request.set_agency_code("H99.10");
  CHECK(Value(world.registry.LookupOrganization(request).response).found());
  request.set_tax_code("0100233488");
  CHECK_FALSE(Value(world.registry.LookupOrganization(request).response).found());
  request.set_tax_code(kTaxCode);
  CHECK(Value(world.registry.LookupOrganization(request).response).found());
}

TEST_CASE("a record that is put again replaces the one before, under all of its keys") {
  World world;
  registry::v1::OrganizationRecord organization;
  organization.set_tax_code(kTaxCode);
  REQUIRE_OK(world.records.PutOrganization(organization));
  CHECK(world.records.organizations() == 1);
  registry::v1::LookupOrganizationRequest request;
  request.set_tax_code(kTaxCode);
  CHECK(Value(world.registry.LookupOrganization(request).response).source().record_version() == 2);
  request.clear_tax_code();
  request.set_agency_code("H99.10");
  CHECK_FALSE(Value(world.registry.LookupOrganization(request).response).found());

  organization.set_tax_code("0100109107");
  CHECK(HasReason(world.records.PutOrganization(organization),
                  policy::v1::COMMON_REASON_INVALID_REQUEST));
  organization.clear_tax_code();
  CHECK_FALSE(world.records.PutOrganization(organization).ok());
  CHECK_FALSE(world.records.PutPerson({}).ok());
}

TEST_CASE("a registry behaves as it is told") {
  World world;
  Set(world.behavior, Behavior::MODE_DOWN);
  registry::v1::LookupPersonRequest request;
  request.set_personal_id(kPersonalId);
  const absl::Status down = world.registry.LookupPerson(request).response.status();
  CHECK(down.code() == absl::StatusCode::kUnavailable);
  CHECK(HasReason(down, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));

  Set(world.behavior, Behavior::MODE_SLOW);
  CHECK(world.registry.LookupPerson(request).latency == absl::Seconds(3));
  v1::SetBehaviorRequest slower;
  slower.mutable_behavior()->set_mode(Behavior::MODE_SLOW);
  slower.mutable_behavior()->mutable_latency()->set_nanos(250'000'000);
  REQUIRE_OK(world.behavior.Set(slower));
  CHECK(world.registry.LookupPerson(request).latency == absl::Milliseconds(250));

  Set(world.behavior, Behavior::MODE_STALE);
  CHECK(FromTimestamp(world.Person().source().as_of_time()) ==
        world.clock.TimeNow() - absl::Hours(24 * 30));

  Set(world.behavior, Behavior::MODE_CONTRADICTORY);
  for (const bool found : {true, false, true, false}) CHECK(world.Person().found() == found);

  Set(world.behavior, Behavior::MODE_TWICE);
  CHECK(world.registry.LookupPerson(request).latency == absl::Seconds(3));
  CHECK(world.registry.LookupPerson(request).latency == absl::ZeroDuration());

  Set(world.behavior, Behavior::MODE_NORMAL);
  CHECK(world.Person().found());
  CHECK(world.behavior.Get().call_count() == 11);

  Set(world.behavior, Behavior::MODE_FLAPPING);
  for (const bool up : {true, false, true, false}) {
    CHECK(world.registry.LookupPerson(request).response.ok() == up);
  }
}

TEST_CASE("what was put is there again when the program starts anew") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/put";
  registry::v1::PersonRecord person;
  person.set_personal_id(kPersonalId);
  registry::v1::OrganizationRecord organization;
  organization.set_tax_code(kTaxCode);
  {
    Records records;
    REQUIRE_OK(records.KeepIn(path));
    REQUIRE_OK(records.PutPerson(person));
    person.set_full_name("Nguyễn Thị Sau");
    REQUIRE_OK(records.PutPerson(person));
    REQUIRE_OK(records.PutOrganization(organization));
  }
  Records records;
  REQUIRE_OK(records.KeepIn(path));
  CHECK(records.people() == 1);
  CHECK(records.organizations() == 1);
  CHECK(records.FindPerson(kPersonalId)->record.full_name() == person.full_name());
  CHECK_FALSE(records.KeepIn(folder.path() + "/no/such/folder").ok());
}

TEST_CASE("a behavior that makes no sense is refused, and nothing changes") {
  BehaviorSwitch carrier({Behavior::MODE_NORMAL, Behavior::MODE_DOWN});
  v1::SetBehaviorRequest request;
  CHECK_FALSE(carrier.Set(request).ok());
  request.mutable_behavior()->set_mode(Behavior::MODE_STALE);
  CHECK_FALSE(carrier.Set(request).ok());
  request.mutable_behavior()->set_mode(Behavior::MODE_DOWN);
  request.mutable_behavior()->mutable_latency()->set_seconds(1);
  CHECK_FALSE(carrier.Set(request).ok());
  CHECK(carrier.Get().mode() == Behavior::MODE_NORMAL);

  BehaviorSwitch registry = AllModes();
  request.mutable_behavior()->set_mode(Behavior::MODE_SLOW);
  for (const int seconds : {-1, 0, 601}) {
    request.mutable_behavior()->mutable_latency()->set_seconds(seconds);
    CHECK_FALSE(registry.Set(request).ok());
  }
  request.mutable_behavior()->mutable_latency()->set_seconds(600);
  CHECK_OK(registry.Set(request));
}

delivery::v1::DeliverRequest Sms(const std::string& id, const std::string& address) {
  delivery::v1::DeliverRequest request;
  request.set_message_id(id);
  request.set_channel(delivery::v1::CHANNEL_SMS);
  request.set_address(address);
  request.set_body("Mã OTP của bạn là 123456");
  return request;
}

TEST_CASE("a carrier takes a message once and keeps it for a person to read") {
  FakeClock clock;
  const TemporaryFolder folder;
  const std::string outbox = folder / "new/outbox.jsonl";
  BehaviorSwitch behavior = AllModes();
  const auto carrier = Value(Carrier::Open(outbox, behavior, clock));
  const auto first = Value(carrier->Deliver(Sms("m-1", "+84912345678")).response);
  clock.Advance(absl::Seconds(5));
  const auto again = Value(carrier->Deliver(Sms("m-1", "+84912345678")).response);
  CHECK(FromTimestamp(again.accept_time()) == FromTimestamp(first.accept_time()));
  REQUIRE_OK(carrier->Deliver(Sms("m-2", "+84987654321")).response);

  v1::ListMessagesRequest list;
  CHECK(Value(carrier->List(list)).messages_size() == 2);
  CHECK(Value(carrier->List(list)).messages(0).message_id() == "m-2");
  list.set_address("0912345678");
  const auto mine = Value(carrier->List(list));
  REQUIRE(mine.messages_size() == 1);
  CHECK(mine.messages(0).body() == "Mã OTP của bạn là 123456");
  CHECK(mine.messages(0).times_received() == 2);

  std::ifstream file(outbox);
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    v1::CarriedMessage message;
    CHECK(google::protobuf::util::JsonStringToMessage(line, &message).ok());
  }
  CHECK(lines == 2);

  // The next process knows what this one was given.
  const auto next = Value(Carrier::Open(outbox, behavior, clock));
  REQUIRE_OK(next->Deliver(Sms("m-2", "+84987654321")).response);
  list.clear_address();
  CHECK(Value(next->List(list)).messages_size() == 2);
}

TEST_CASE("a carrier that was killed while it wrote loses nothing that it takes afterwards") {
  FakeClock clock;
  const TemporaryFolder folder;
  const std::string outbox = folder / "outbox.jsonl";
  BehaviorSwitch behavior = AllModes();
  REQUIRE_OK(
      Value(Carrier::Open(outbox, behavior, clock))->Deliver(Sms("m-1", "+84912345678")).response);
  REQUIRE_OK(
      Value(Carrier::Open(outbox, behavior, clock))->Deliver(Sms("m-2", "+84912345678")).response);
  for (const std::uintmax_t missing : {20, 1}) {
    std::filesystem::resize_file(outbox, std::filesystem::file_size(outbox) - missing);
    for (int process = 0; process < 2; ++process) {
      const auto carrier = Value(Carrier::Open(outbox, behavior, clock));
      const std::string id = absl::StrCat("m-", missing, "-", process);
      REQUIRE_OK(carrier->Deliver(Sms(id, "+84912345678")).response);
    }
  }
  const auto carrier = Value(Carrier::Open(outbox, behavior, clock));
  std::string ids;
  const auto kept = Value(carrier->List({}));
  for (const auto& message : kept.messages()) absl::StrAppend(&ids, message.message_id(), " ");
  // m-2 was cut before anybody was told; of m-20-1 only the end of the line.
  CHECK(ids == "m-1-1 m-1-0 m-20-1 m-20-0 m-1 ");
}

// Files of this process do not grow beyond so many bytes while this lives: a write that would takes
// what fits.
class LimitedFiles {
 public:
  explicit LimitedFiles(std::uintmax_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~LimitedFiles() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  LimitedFiles(const LimitedFiles&) = delete;
  LimitedFiles& operator=(const LimitedFiles&) = delete;

 private:
  void (*const handler_)(int);
  rlimit before_ = {};
};

TEST_CASE("a carrier does not take what it cannot write down") {
  FakeClock clock;
  const TemporaryFolder folder;
  const std::string outbox = folder / "outbox.jsonl";
  BehaviorSwitch behavior = AllModes();
  {
    const auto carrier = Value(Carrier::Open(outbox, behavior, clock));
    REQUIRE_OK(carrier->Deliver(Sms("m-1", "+84912345678")).response);
    {
      const LimitedFiles full(std::filesystem::file_size(outbox) + 20);
      for (int attempt = 0; attempt < 2; ++attempt) {
        const absl::Status refused = carrier->Deliver(Sms("m-2", "+84912345678")).response.status();
        CHECK(refused.code() == absl::StatusCode::kUnavailable);
        CHECK(HasReason(refused, policy::v1::COMMON_REASON_PEER_UNAVAILABLE));
      }
      REQUIRE_OK(carrier->Deliver(Sms("m-1", "+84912345678")).response);
    }
    CHECK(Value(carrier->List({})).messages_size() == 1);
    // With space again, and sent again.
    REQUIRE_OK(carrier->Deliver(Sms("m-2", "+84912345678")).response);
    REQUIRE_OK(carrier->Deliver(Sms("m-3", "+84912345678")).response);
  }
  const auto kept = Value(Value(Carrier::Open(outbox, behavior, clock))->List({}));
  REQUIRE(kept.messages_size() == 3);
  CHECK(kept.messages(1).message_id() == "m-2");
}

TEST_CASE("a registry does not take what it cannot write down, and starts with what it did") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/put";
  registry::v1::PersonRecord person;
  person.set_personal_id(kPersonalId);
  registry::v1::OrganizationRecord organization;
  organization.set_tax_code(kTaxCode);
  {
    Records records;
    REQUIRE_OK(records.KeepIn(path));
    const LimitedFiles full(10);
    CHECK(records.PutPerson(person).code() == absl::StatusCode::kUnavailable);
    CHECK(records.PutOrganization(organization).code() == absl::StatusCode::kUnavailable);
    CHECK(records.people() == 0);
    CHECK(records.organizations() == 0);
  }
  Records records;
  REQUIRE_OK(records.KeepIn(path));
  CHECK(records.people() == 0);
  REQUIRE_OK(records.PutPerson(person));
  Records next;
  REQUIRE_OK(next.KeepIn(path));
  CHECK(next.people() == 1);
}

TEST_CASE("a carrier refuses what it cannot carry") {
  FakeClock clock;
  BehaviorSwitch behavior = AllModes();
  const auto carrier = Value(Carrier::Open("", behavior, clock));
  for (auto change :
       {+[](delivery::v1::DeliverRequest& r) { r.clear_message_id(); },
        +[](delivery::v1::DeliverRequest& r) { r.set_message_id(std::string(65, 'x')); },
        +[](delivery::v1::DeliverRequest& r) { r.clear_channel(); },
        +[](delivery::v1::DeliverRequest& r) { r.set_address("12"); },
        +[](delivery::v1::DeliverRequest& r) { r.set_channel(delivery::v1::CHANNEL_EMAIL); },
        +[](delivery::v1::DeliverRequest& r) { r.clear_body(); },
        +[](delivery::v1::DeliverRequest& r) { r.set_body(std::string(2001, 'x')); }}) {
    delivery::v1::DeliverRequest request = Sms("m-1", "+84912345678");
    change(request);
    CHECK(HasReason(carrier->Deliver(request).response.status(),
                    policy::v1::COMMON_REASON_INVALID_REQUEST));
  }
  Set(behavior, Behavior::MODE_DOWN);
  CHECK(carrier->Deliver(Sms("m-1", "+84912345678")).response.status().code() ==
        absl::StatusCode::kUnavailable);
  CHECK(Value(carrier->List({})).messages_size() == 0);
}

TEST_CASE("messages come in pages, newest first") {
  FakeClock clock;
  BehaviorSwitch behavior = AllModes();
  const auto carrier = Value(Carrier::Open("", behavior, clock));
  for (int i = 0; i < 7; ++i) {
    REQUIRE_OK(
        carrier->Deliver(Sms(absl::StrCat("m-", i), i % 2 == 0 ? "0912345678" : "0987654321"))
            .response);
  }
  v1::ListMessagesRequest request;
  request.set_page_size(2);
  request.set_address("+84912345678");
  std::string seen;
  do {
    const auto page = Value(carrier->List(request));
    for (const auto& message : page.messages()) seen += message.message_id() + " ";
    request.set_page_token(page.next_page_token());
    // What comes meanwhile does not move the pages.
    REQUIRE_OK(carrier->Deliver(Sms(absl::StrCat("n-", seen.size()), "0912345678")).response);
  } while (!request.page_token().empty());
  CHECK(seen == "m-6 m-4 m-2 m-0 ");
  request.set_page_token("nonsense");
  CHECK(HasReason(carrier->List(request).status(), policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID));
}

}  // namespace
}  // namespace eid::simulator
