// SPDX-License-Identifier: Apache-2.0
// Bad input to every RPC: a clear error that names every wrong field, and nothing changes.
#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/errors.pb.h"
#include "tests/integration/support/bad_requests.h"
#include "tests/integration/support/ways.h"

namespace eid::integration {
namespace {

// What came out otherwise, a line each.
using Lines = std::vector<std::string>;

// Calls `each` for every RPC of the suite with a way to it; fails if it found anything, or if a
// store has changed. Not for what the gateway says of itself: it does not read the empty request.
void ForEachRpc(const std::function<void(const Rpc&, const Way&, Lines&)>& each) {
  Stage& stage = Stage::Get();
  // Whoever is needed is there before the stores are looked at.
  for (const Rpc& rpc : AllRpcs()) {
    if (rpc.fronted) WayTo(stage, rpc);
  }
  const auto before = StoreRevisions(stage);
  Lines wrong;
  for (const Rpc& rpc : AllRpcs()) {
    if (rpc.fronted && rpc.program != "gateway") each(rpc, WayTo(stage, rpc), wrong);
  }
  INFO(wrong.size() << " wrong:\n" << absl::StrJoin(wrong, "\n"));
  CHECK(wrong.empty());
  CHECK(StoreRevisions(stage) == before);
}

std::string Line(const Rpc& rpc, absl::string_view what, const absl::Status& status) {
  return absl::StrCat(rpc.path, ", ", what, ": ", testing::Describe(status));
}

// Whether the answer is an error of the suite's making with this code.
bool IsRefusal(const absl::Status& status, absl::StatusCode code) {
  return status.code() == code && FlawOfError(status).empty();
}

// At a service's own port gRPC itself refuses what it cannot take in, before anything of ours sees
// it, and its words are the last. Only services of the suite come there.
bool IsRefusalByGrpc(const Way& way, const absl::Status& status, absl::StatusCode code) {
  return !way.door.is_gateway && status.code() == code && ReasonOf(status).empty();
}

TEST_CASE("an empty request is told of every field that it lacks") {
  ForEachRpc([](const Rpc& rpc, const Way& way, Lines& wrong) {
    const std::vector<std::string> required = RequiredFields(rpc);
    if (required.empty()) return;
    const Answer answer = CallBy(way, rpc, "");
    const std::vector<std::string> named = ViolatedFields(answer.status);
    if (IsRefusal(answer.status, absl::StatusCode::kInvalidArgument) &&
        std::includes(named.begin(), named.end(), required.begin(), required.end())) {
      return;
    }
    wrong.push_back(Line(rpc, "which lacks " + absl::StrJoin(required, " "), answer.status));
  });
}

TEST_CASE("bytes that are no message, and texts that are no UTF-8, are refused") {
  ForEachRpc([](const Rpc& rpc, const Way& way, Lines& wrong) {
    std::vector<BadRequest> requests = MalformedBytes();
    for (BadRequest& broken : BrokenTexts(rpc)) requests.push_back(std::move(broken));
    for (const BadRequest& request : requests) {
      const Answer answer = CallBy(way, rpc, request.bytes);
      if (IsRefusal(answer.status, absl::StatusCode::kInvalidArgument) ||
          IsRefusalByGrpc(way, answer.status, absl::StatusCode::kUnimplemented)) {
        continue;
      }
      wrong.push_back(Line(rpc, request.name, answer.status));
    }
  });
}

TEST_CASE("a message that is too large is refused, and the next one is served") {
  ForEachRpc([](const Rpc& rpc, const Way& way, Lines& wrong) {
    const Answer answer = CallBy(way, rpc, Oversized());
    if (!IsRefusal(answer.status, absl::StatusCode::kResourceExhausted) &&
        !IsRefusalByGrpc(way, answer.status, absl::StatusCode::kResourceExhausted)) {
      wrong.push_back(Line(rpc, "300 kB", answer.status));
    }
  });
}

// RPCs whose only field is a token that anybody may hold out: to them a wrong one is an answer.
bool AnswersAnyToken(const Rpc& rpc) {
  static const auto* const rpcs =
      new std::set<std::string>{"/eid.identity.v1.AuthenticationService/RefreshToken",
                                "/eid.identity.v1.AuthenticationService/RevokeToken",
                                "/eid.identity.v1.AuthenticationService/IntrospectToken"};
  return rpcs->contains(rpc.path);
}

// Whether an error speaks of a token that the client should have from the server.
bool SpeaksOfToken(const absl::Status& status) {
  return HasReason(status, policy::v1::COMMON_REASON_PAGE_TOKEN_INVALID) ||
         HasReason(status, policy::v1::COMMON_REASON_RESUME_TOKEN_INVALID);
}

TEST_CASE("nonsense in every field is refused with the fields named, and is not said back") {
  ForEachRpc([](const Rpc& rpc, const Way& way, Lines& wrong) {
    if (rpc.descriptor->input_type()->field_count() == 0 || AnswersAnyToken(rpc)) return;
    const Answer answer = CallBy(way, rpc, Nonsense(rpc));
    const bool named = !ViolatedFields(answer.status).empty() || SpeaksOfToken(answer.status);
    const bool said_back = absl::StrContains(testing::Describe(answer.status), "xxxxxxxxxxxxxxxx");
    if (IsRefusal(answer.status, absl::StatusCode::kInvalidArgument) && named && !said_back) {
      return;
    }
    wrong.push_back(Line(rpc, said_back ? "said back" : "nonsense", answer.status));
  });
}

TEST_CASE("a text or a list that is too long is refused by the name of its field") {
  ForEachRpc([](const Rpc& rpc, const Way& way, Lines& wrong) {
    if (AnswersAnyToken(rpc)) return;
    std::vector<BadRequest> requests = LongTexts(rpc);
    for (BadRequest& list : LongLists(rpc)) requests.push_back(std::move(list));
    for (const BadRequest& request : requests) {
      // An etag is the server's: a wrong one is a change that the client has not seen.
      if (request.name == "etag") continue;
      const Answer answer = CallBy(way, rpc, request.bytes);
      const std::vector<std::string> named = ViolatedFields(answer.status);
      const bool by_name = std::any_of(named.begin(), named.end(), [&](const std::string& field) {
        return field == request.name || absl::StartsWith(field, request.name + ".") ||
               absl::StartsWith(field, request.name + "[");
      });
      if (IsRefusal(answer.status, absl::StatusCode::kInvalidArgument) &&
          (by_name || SpeaksOfToken(answer.status))) {
        continue;
      }
      wrong.push_back(Line(rpc, absl::StrCat("long ", request.name), answer.status));
    }
  });
}

// The request with one field set, or "" if it has no such field.
template <class Value>
std::string With(const Rpc& rpc, const std::string& name, Value value) {
  const auto request = rpc.NewRequest();
  const auto* field = request->GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return "";
  if constexpr (std::is_integral_v<Value>) {
    request->GetReflection()->SetInt32(request.get(), field, value);
  } else {
    request->GetReflection()->SetString(request.get(), field, value);
  }
  return request->SerializeAsString();
}

TEST_CASE("page sizes below zero are refused, and large ones are taken as the largest") {
  ForEachRpc([](const Rpc& rpc, const Way& way, Lines& wrong) {
    for (const int size : {-1, -50, std::numeric_limits<int>::min()}) {
      const std::string request = With(rpc, "page_size", size);
      if (request.empty()) return;
      const Answer answer = CallBy(way, rpc, request);
      if (IsRefusal(answer.status, absl::StatusCode::kInvalidArgument) &&
          ViolatedFields(answer.status) == std::vector<std::string>{"page_size"}) {
        continue;
      }
      wrong.push_back(Line(rpc, absl::StrCat("page_size ", size), answer.status));
    }
    const Answer most = CallBy(way, rpc, With(rpc, "page_size", std::numeric_limits<int>::max()));
    if (!most.status.ok()) wrong.push_back(Line(rpc, "the largest page_size", most.status));
  });
}

// Tokens of others and of nobody's.
std::vector<std::string> HostileTokens(const std::string& genuine) {
  std::vector<std::string> tokens = {
      "x",
      "AAAA",
      "....",
      "%00",
      "../../etc",
      std::string(8, '\n'),
      "-1",
      "\xc3\xa9",
      std::string(4000, 'A'),
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
  if (genuine.size() < 4) return tokens;
  tokens.push_back(genuine.substr(0, genuine.size() - 1));
  tokens.push_back(genuine + "A");
  for (const size_t at : {size_t{0}, genuine.size() / 2, genuine.size() - 2}) {
    std::string altered = genuine;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    tokens.push_back(altered);
  }
  return tokens;
}

// The first event's token of each stream; "" for an RPC that is none.
std::string ResumeTokenOf(const Rpc& rpc, const Answer& answer) {
  if (!rpc.descriptor->server_streaming() || answer.messages.empty()) return "";
  const std::unique_ptr<google::protobuf::Message> event(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(rpc.descriptor->output_type())
          ->New());
  if (!event->ParseFromString(answer.messages[0])) return "";
  return event->GetReflection()->GetString(*event,
                                           event->GetDescriptor()->FindFieldByName("resume_token"));
}

TEST_CASE("page tokens and resume tokens that nobody gave are refused") {
  std::map<std::string, std::string> genuine;
  ForEachRpc([&](const Rpc& rpc, const Way& way, Lines& wrong) {
    const bool stream = rpc.descriptor->server_streaming();
    const std::string field = stream ? "resume_token" : "page_token";
    if (rpc.descriptor->input_type()->FindFieldByName(field) == nullptr) return;
    const std::string own = ResumeTokenOf(rpc, CallBy(way, rpc, ""));
    if (stream && own.empty()) wrong.push_back(absl::StrCat(rpc.path, " begins without a token"));
    for (const std::string& token : HostileTokens(own)) {
      const Answer answer = CallBy(way, rpc, With(rpc, field, token));
      if (IsRefusal(answer.status, absl::StatusCode::kInvalidArgument)) continue;
      wrong.push_back(Line(rpc, absl::StrCat(field, " ", token.substr(0, 80)), answer.status));
    }
    if (!own.empty()) {
      const Answer resumed = CallBy(way, rpc, With(rpc, field, own));
      if (!resumed.status.ok()) wrong.push_back(Line(rpc, "its own token", resumed.status));
      genuine[rpc.path] = own;
    }
  });
  // A token of one stream is worth nothing at another.
  Stage& stage = Stage::Get();
  for (const Rpc& rpc : AllRpcs()) {
    if (!genuine.contains(rpc.path)) continue;
    for (const auto& [path, token] : genuine) {
      if (path == rpc.path) continue;
      const Answer answer = CallBy(WayTo(stage, rpc), rpc, With(rpc, "resume_token", token));
      INFO(rpc.path << " with a token of " << path << ": " << testing::Describe(answer.status));
      CHECK(IsRefusal(answer.status, absl::StatusCode::kInvalidArgument));
    }
  }
}

}  // namespace
}  // namespace eid::integration
