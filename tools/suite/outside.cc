// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/outside.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/suite/client.h"

namespace eid::suite {
namespace {

// The first run of exactly six digits.
std::optional<std::string> CodeIn(absl::string_view text) {
  size_t begin = 0;
  while (begin < text.size()) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[begin]))) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[end]))) ++end;
    if (end - begin == 6) return std::string(text.substr(begin, 6));
    begin = end;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Outside>> Outside::Create(const Suite& suite) {
  std::unique_ptr<Outside> outside(new Outside);
  for (const char* name :
       {"registry_population", "registry_business", "registry_special", "carrier"}) {
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> channel,
                     Connect(suite.address(name), suite.certificates(), "operator", name));
    outside->controls_[name] = std::make_unique<Control>(channel);
  }
  return outside;
}

absl::StatusOr<simulator::v1::ListMessagesResponse> Outside::Messages(const std::string& address) {
  simulator::v1::ListMessagesRequest request;
  request.set_address(address);
  request.set_page_size(500);
  return Call(*controls_.at("carrier"), &Control::ListMessages, request, {.repeat = true});
}

absl::StatusOr<std::vector<simulator::v1::CarriedMessage>> Outside::AllMessages(
    const std::string& address) {
  std::vector<simulator::v1::CarriedMessage> messages;
  simulator::v1::ListMessagesRequest request;
  request.set_address(address);
  request.set_page_size(500);
  do {
    ASSIGN_OR_RETURN(
        const simulator::v1::ListMessagesResponse page,
        Call(*controls_.at("carrier"), &Control::ListMessages, request, {.repeat = true}));
    messages.insert(messages.end(), page.messages().begin(), page.messages().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return messages;
}

absl::StatusOr<simulator::v1::CarriedMessage> Outside::AwaitMessage(
    const std::string& address, absl::string_view what,
    const std::function<bool(const simulator::v1::CarriedMessage&)>& wanted) {
  absl::StatusOr<simulator::v1::CarriedMessage> found =
      absl::DeadlineExceededError(absl::StrCat("no message with ", what, " came"));
  AskUntil([&] {
    const absl::StatusOr<simulator::v1::ListMessagesResponse> page = Messages(address);
    if (!page.ok()) {
      found = page.status();
      return true;
    }
    const auto message = std::find_if(page->messages().begin(), page->messages().end(), wanted);
    if (message == page->messages().end()) return false;
    found = *message;
    return true;
  });
  return found;
}

absl::StatusOr<std::string> Outside::TakeCode(const std::string& phone) {
  std::string code;
  RETURN_IF_ERROR(AwaitMessage(phone, "a code", [&](const simulator::v1::CarriedMessage& message) {
                    const std::optional<std::string> in_it = CodeIn(message.body());
                    absl::MutexLock lock(&mutex_);
                    if (!in_it || !taken_.insert(message.message_id()).second) return false;
                    code = *in_it;
                    return true;
                  }).status());
  return code;
}

absl::StatusOr<simulator::v1::CarriedMessage> Outside::FindMessage(const std::string& address,
                                                                   absl::string_view words) {
  return AwaitMessage(address, absl::StrCat("\"", words, "\""),
                      [&](const simulator::v1::CarriedMessage& message) {
                        return absl::StrContains(message.body(), words);
                      });
}

absl::StatusOr<int64_t> Outside::Calls(const std::string& simulator) {
  ASSIGN_OR_RETURN(const simulator::v1::Behavior behavior,
                   Call(*controls_.at(simulator), &Control::GetBehavior,
                        simulator::v1::GetBehaviorRequest(), {.repeat = true}));
  return behavior.call_count();
}

absl::Status Outside::Behave(const std::string& simulator, simulator::v1::Behavior::Mode mode,
                             absl::Duration latency) {
  simulator::v1::SetBehaviorRequest request;
  request.mutable_behavior()->set_mode(mode);
  if (latency > absl::ZeroDuration()) {
    google::protobuf::Duration& time = *request.mutable_behavior()->mutable_latency();
    time.set_seconds(absl::ToInt64Seconds(latency));
    time.set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(latency % absl::Seconds(1))));
  }
  return Call(*controls_.at(simulator), &Control::SetBehavior, request, {.repeat = true}).status();
}

absl::Status Outside::PutOrganization(const registry::v1::OrganizationRecord& organization) {
  simulator::v1::PutOrganizationRequest request;
  *request.mutable_organization() = organization;
  return Call(*controls_.at("registry_business"), &Control::PutOrganization, request,
              {.repeat = true})
      .status();
}

absl::Status Outside::PutPerson(const registry::v1::PersonRecord& person) {
  simulator::v1::PutPersonRequest request;
  *request.mutable_person() = person;
  return Call(*controls_.at("registry_population"), &Control::PutPerson, request, {.repeat = true})
      .status();
}

}  // namespace eid::suite
