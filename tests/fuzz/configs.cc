// SPDX-License-Identifier: Apache-2.0
// Text protos of every program's configuration: any text. And the rules of law, as messages: what an
// operator may get wrong is refused, and what is taken answers in time. What the configurations say,
// as messages: settings.cc.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/calendar/calendar.h"
#include "common/calendar/calendar.pb.h"
#include "common/calendar/legal_periods.h"
#include "common/config/config.h"
#include "google/protobuf/text_format.h"
#include "services/approval/config.pb.h"
#include "services/approval/statutory_clock.h"
#include "services/gateway/config.pb.h"
#include "services/identity/config.pb.h"
#include "services/identity/validate.h"
#include "services/org_registration/config.pb.h"
#include "services/verification/config.pb.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/settings.h"
#include "tests/fuzz/targets.h"

namespace eid::fuzz {
namespace {

using google::protobuf::Message;

template <class Config>
void Read(absl::string_view text) {
  Config config;
  const absl::Status status = ParseTextProto(text, "config.textproto", config);
  if (!status.ok()) return Require(absl::IsInvalidArgument(status), "a wrong text is refused");
  std::string written, again;
  Require(google::protobuf::TextFormat::PrintToString(config, &written), "it can be written");
  // As text: what is not a number has many bytes and one name.
  Config read;
  Require(ParseTextProto(written, "written", read).ok() &&
              google::protobuf::TextFormat::PrintToString(read, &again) && again == written,
          "what was written is read");
}

void ReadAll(absl::string_view text) {
  Read<approval::Config>(text);
  Read<gateway::Config>(text);
  Read<identity::Config>(text);
  Read<identity::Bootstrap>(text);
  Read<org_registration::Config>(text);
  Read<verification::Config>(text);
  Read<calendar::CalendarData>(text);
  Read<calendar::PeriodsData>(text);
}

void Count(const calendar::Calendar& calendar, const calendar::LegalPeriods& periods,
           absl::string_view id) {
  for (const absl::Time received :
       {kNow, absl::InfinitePast(), absl::InfiniteFuture(), absl::FromUnixSeconds(0)}) {
    const auto deadline = periods.DeadlineFor(id, received, calendar);
    if (!deadline.ok()) continue;
    Require(deadline->warn_time <= deadline->due_time, "a warning comes before the end");
    Require(deadline->due_time > received, "a period is over after it began");
  }
}

void CountWith(const calendar::Calendar& calendar, const calendar::PeriodsData& data) {
  const auto periods = calendar::LegalPeriods::Create(data);
  if (!periods.ok()) return Require(absl::IsInvalidArgument(periods.status()), "refused");
  for (const calendar::Period& period : data.periods()) Count(calendar, *periods, period.id());
}

calendar::Calendar EmptyCalendar() {
  calendar::CalendarData data;
  data.set_version("empty");
  return *calendar::Calendar::Create(data);
}

std::vector<MessageEntry> Entries() {
  std::vector<MessageEntry> entries;
  entries.push_back(EntryOf<calendar::CalendarData>([](const calendar::CalendarData& data) {
    InTime([&] {
      const auto calendar = calendar::Calendar::Create(data);
      if (!calendar.ok()) return Require(absl::IsInvalidArgument(calendar.status()), "refused");
      const absl::CivilDay end = calendar->AddWorkingDays(kToday, 30);
      Require(end > kToday && calendar->IsWorkingDay(end), "working days go on");
      Require(calendar->AddWorkingDays(end, -30) <= kToday, "and back");
      (void)calendar->EndOfPeriod(kToday, 30);
    });
  }));
  entries.push_back(EntryOf<calendar::PeriodsData>([](const calendar::PeriodsData& data) {
    InTime([&] { CountWith(EmptyCalendar(), data); });
  }));
  entries.push_back(EntryOf<identity::Bootstrap>([](const identity::Bootstrap& bootstrap) {
    CheckValidation(bootstrap, [](const Message& message) {
      return identity::Validate(static_cast<const identity::Bootstrap&>(message), kToday);
    });
  }));
  return entries;
}

}  // namespace

Target Configs() {
  std::vector<MessageEntry> entries = Entries();
  for (MessageEntry& entry : SettingsEntries()) entries.push_back(std::move(entry));
  Target messages = MessageTarget("configs", std::move(entries), GoodSettings());
  Target target = messages;
  // A message of the rules, or else a text.
  target.run = [messages](absl::string_view input) {
    messages.run(input);
    InTime([&] { ReadAll(input); });
  };
  target.seeds = [messages] {
    std::vector<std::string> seeds = messages.seeds();
    for (const auto* type : {approval::Config::descriptor(), identity::Config::descriptor(),
                             calendar::CalendarData::descriptor()}) {
      const std::unique_ptr<Message> config = NewMessage(*type);
      FillWithSamples(*config);
      seeds.push_back(config->DebugString());
    }
    return seeds;
  };
  target.mutate = [messages](absl::string_view input, size_t max_size, Dice& dice) {
    return dice.OneIn(2) ? dice.Mutated(std::string(input), max_size)
                         : messages.mutate(input, max_size, dice);
  };
  return target;
}

}  // namespace eid::fuzz
