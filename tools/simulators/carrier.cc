// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/carrier.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/clock/timestamp.h"
#include "common/codes/contact.h"
#include "common/codes/text_field.h"
#include "common/crypto/digest.h"
#include "common/kv/page.h"
#include "common/status/macros.h"
#include "common/status/status.h"
#include "common/status/violations.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::simulator {
namespace {

using delivery::v1::DeliverRequest;
using delivery::v1::DeliverResponse;

constexpr size_t kMaxIdLength = 64;
constexpr size_t kMaxSubject = 200;
constexpr size_t kMaxBody = 2000;

absl::Status Validate(const DeliverRequest& request) {
  Violations violations;
  codes::Collect(codes::CheckText(request.message_id(), 1, kMaxIdLength), "message_id", violations);
  switch (request.channel()) {
    case delivery::v1::CHANNEL_SMS:
      codes::Collect(codes::CheckPhone(request.address()), "address", violations);
      break;
    case delivery::v1::CHANNEL_EMAIL:
      codes::Collect(codes::CheckEmail(request.address()), "address", violations);
      break;
    default: violations.Add("channel", policy::v1::FIELD_REASON_UNKNOWN_VALUE, "SMS or EMAIL.");
  }
  codes::Collect(codes::CheckText(request.subject(), 0, kMaxSubject), "subject", violations);
  codes::Collect(codes::CheckParagraphs(request.body(), 1, kMaxBody), "body", violations);
  return violations.ToStatus(policy::v1::COMMON_REASON_INVALID_REQUEST);
}

// One form for each phone and mail address; other texts as they are.
std::string AddressKey(const std::string& address) {
  if (auto phone = codes::NormalisePhone(address)) return *phone;
  if (auto email = codes::NormaliseEmail(address)) return *email;
  return address;
}

}  // namespace

Carrier::Carrier(BehaviorSwitch& behavior, const Clock& clock)
    : behavior_(behavior), clock_(clock), page_key_(crypto::RandomBytes(32)) {}

absl::StatusOr<std::unique_ptr<Carrier>> Carrier::Open(const std::string& outbox_path,
                                                       BehaviorSwitch& behavior,
                                                       const Clock& clock) {
  auto carrier = std::unique_ptr<Carrier>(new Carrier(behavior, clock));
  if (!outbox_path.empty()) {
    absl::MutexLock lock(&carrier->mu_);
    std::error_code ignored;  // What matters is whether the file opens.
    std::filesystem::create_directories(std::filesystem::path(outbox_path).parent_path(), ignored);
    RETURN_IF_ERROR(carrier->outbox_.Open(
        outbox_path, [&](const std::string& line)
                         ABSL_NO_THREAD_SAFETY_ANALYSIS { return carrier->Recall(line); }));
  }
  return carrier;
}

bool Carrier::Recall(const std::string& line) {
  v1::CarriedMessage message;
  if (!ParseLine(line, message)) return false;
  const std::string id = message.message_id();
  if (by_id_.try_emplace(id, first_ + messages_.size()).second) {
    messages_.push_back(std::move(message));
  }
  return true;
}

Answer<DeliverResponse> Carrier::Deliver(const DeliverRequest& request) {
  const Plan plan = behavior_.Next(request.message_id());
  if (!plan.refusal.ok()) return {plan.refusal, plan.latency};
  if (absl::Status valid = Validate(request); !valid.ok()) return {valid, plan.latency};

  DeliverResponse response;
  absl::MutexLock lock(&mu_);
  if (const auto found = by_id_.find(request.message_id()); found != by_id_.end()) {
    v1::CarriedMessage& known = messages_[found->second - first_];
    known.set_times_received(known.times_received() + 1);
    *response.mutable_accept_time() = known.accept_time();
    return {std::move(response), plan.latency};
  }
  v1::CarriedMessage message;
  message.set_message_id(request.message_id());
  message.set_channel(request.channel());
  message.set_address(request.address());
  message.set_subject(request.subject());
  message.set_body(request.body());
  *message.mutable_accept_time() = ToTimestamp(clock_.TimeNow());
  message.set_times_received(1);
  *response.mutable_accept_time() = message.accept_time();
  if (absl::Status kept = outbox_.Add(message); !kept.ok()) return {kept, plan.latency};
  by_id_.emplace(request.message_id(), first_ + messages_.size());
  messages_.push_back(std::move(message));
  if (messages_.size() > kMaxMessages) {
    by_id_.erase(messages_.front().message_id());
    messages_.pop_front();
    ++first_;
  }
  return {std::move(response), plan.latency};
}

absl::StatusOr<v1::ListMessagesResponse> Carrier::List(
    const v1::ListMessagesRequest& request) const {
  ASSIGN_OR_RETURN(const size_t size, kv::PageSize(request.page_size()));
  const std::string wanted = AddressKey(request.address());
  const std::string query = absl::StrCat("ListMessages\n", wanted);
  ASSIGN_OR_RETURN(const std::string position,
                   kv::ParsePageToken(page_key_, query, request.page_token()));

  absl::MutexLock lock(&mu_);
  uint64_t next = first_ + messages_.size();
  if (uint64_t last = 0; absl::SimpleAtoi(position, &last)) next = std::min(next, last);
  v1::ListMessagesResponse response;
  for (; next > first_; --next) {
    const v1::CarriedMessage& message = messages_[next - 1 - first_];
    if (!wanted.empty() && AddressKey(message.address()) != wanted) continue;
    if (static_cast<size_t>(response.messages_size()) == size) {
      response.set_next_page_token(kv::MakePageToken(page_key_, query, absl::StrCat(next)));
      break;
    }
    *response.add_messages() = message;
  }
  return response;
}

}  // namespace eid::simulator
