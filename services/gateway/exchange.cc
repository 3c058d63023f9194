// SPDX-License-Identifier: Apache-2.0
#include "services/gateway/exchange.h"

#include <arpa/inet.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/policy.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::gateway {
namespace {

constexpr const char* kPassed[] = {"accept-language", "traceparent"};
constexpr size_t kMaxPassed = 256;

absl::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

std::string Text(grpc::string_ref text) { return std::string(text.data(), text.size()); }

bool IsAddress(const std::string& text) {
  unsigned char parsed[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), parsed) == 1 ||
         inet_pton(AF_INET6, text.c_str(), parsed) == 1;
}

}  // namespace

std::string ClientAddress(const rpc::Call& call, const grpc::CallbackServerContext& from,
                          const absl::flat_hash_set<std::string>& trusted_proxies) {
  if (trusted_proxies.empty() || !trusted_proxies.contains(call.client)) return call.client;
  // Each proxy adds to the end, and a client may have begun the list: only the end is ours.
  const auto [begin, end] = from.client_metadata().equal_range("x-forwarded-for");
  if (begin == end) return call.client;
  const absl::string_view list = View(std::prev(end)->second);
  const std::string last(absl::StripAsciiWhitespace(list.substr(list.rfind(',') + 1)));
  return IsAddress(last) ? last : call.client;
}

void PrepareOutbound(const rpc::Call& call, const grpc::CallbackServerContext& from,
                     grpc::ClientContext& to) {
  if (!call.token.empty()) to.AddMetadata("authorization", absl::StrCat("Bearer ", call.token));
  to.AddMetadata("x-request-id", call.request_tag);
  to.AddMetadata("x-eid-client", call.client);
  for (const char* key : kPassed) {
    const auto found = from.client_metadata().find(key);
    if (found == from.client_metadata().end() || found->second.size() > kMaxPassed) continue;
    to.AddMetadata(key, Text(found->second));
  }
  const bool unary = call.contract != nullptr && !call.contract->streaming();
  to.set_deadline(absl::ToChronoTime(unary ? call.deadline - kReserve : call.deadline));
}

bool PassesMetadata(const grpc::CallbackServerContext& from) {
  return std::any_of(std::begin(kPassed), std::end(kPassed),
                     [&](const char* key) { return from.client_metadata().count(key) > 0; });
}

void PassTrailers(const grpc::ClientContext& from, grpc::CallbackServerContext& to) {
  for (const auto& [key, value] : from.GetServerTrailingMetadata()) {
    if (absl::StartsWith(View(key), "grpc-")) continue;
    to.AddTrailingMetadata(Text(key), Text(value));
  }
}

absl::Status StatusForCaller(absl::Status from_backend, bool caller_left) {
  // Whatever an operation says has a reason.
  if (from_backend.ok() || !ReasonOf(from_backend).empty()) return from_backend;
  switch (from_backend.code()) {
    case absl::StatusCode::kCancelled:
      if (caller_left) return absl::CancelledError("the call was cancelled");
      // The backend dropped it, as gRPC does with calls that meet it when it stops.
      [[fallthrough]];
    case absl::StatusCode::kUnavailable:
      return WithRetry(
          Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE,
                "the service behind the gateway is away"),
          absl::Seconds(1));
    case absl::StatusCode::kResourceExhausted:
      return Error(absl::StatusCode::kResourceExhausted,
                   policy::v1::COMMON_REASON_MESSAGE_TOO_LARGE, "a message is over the limit");
    case absl::StatusCode::kUnimplemented:
      // gRPC's bare word for a request that it could not parse.
      if (from_backend.message().empty()) {
        return Error(absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_INVALID_REQUEST,
                     "the request is no message of the contract, or a text in it is no UTF-8");
      }
      return Error(absl::StatusCode::kUnimplemented, policy::v1::COMMON_REASON_METHOD_UNKNOWN,
                   "no such method");
    case absl::StatusCode::kDeadlineExceeded:
      return absl::DeadlineExceededError("the deadline passed before the service answered");
    default: return from_backend;
  }
}

}  // namespace eid::gateway
