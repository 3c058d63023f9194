// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/call_context.h"

#include <grpcpp/security/auth_context.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/clock/clock.h"
#include "common/id/id.h"
#include "common/rpc/status_wire.h"

namespace eid::rpc {
namespace {

// The certificates of the suite's services carry "spiffe://eid.local/service/<name>" as their only
// URI SAN.
constexpr char kServicePrefix[] = "spiffe://eid.local/service/";
constexpr size_t kMaxTag = 64;
constexpr size_t kMaxClient = 64;

absl::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

absl::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  return found == context.client_metadata().end() ? absl::string_view() : View(found->second);
}

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

// Never the same twice: a name of this process, and a number. Nothing depends on it being secret,
// so it need not cost what IdSource does.
std::string NewRequestTag() {
  static const auto* const process = new std::string(IdSource::Real().NewId().substr(14));
  static std::atomic<uint64_t> count{0};
  return absl::StrCat(*process, "-", absl::Hex(count.fetch_add(1, std::memory_order_relaxed)));
}

std::atomic<int> calls_under_way{0};

}  // namespace

int CallsUnderWay() { return calls_under_way.load(std::memory_order_relaxed); }

InboundCall::UnderWay::UnderWay() { calls_under_way.fetch_add(1, std::memory_order_relaxed); }
void InboundCall::UnderWay::Release() {
  if (std::exchange(counted_, false)) calls_under_way.fetch_sub(1, std::memory_order_relaxed);
}

bool IsRequestTag(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxTag &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
         });
}

std::string TagOrNew(absl::string_view tag) {
  return IsRequestTag(tag) ? std::string(tag) : NewRequestTag();
}

std::string ForwardedClient(absl::string_view client) {
  return std::string(client.substr(0, kMaxClient));
}

std::string AddressOf(absl::string_view peer) {
  // "ipv4:192.0.2.1:50000", "ipv6:%5B2001:db8::1%5D:50000", "unix:…".
  if (absl::ConsumePrefix(&peer, "ipv4:")) return std::string(peer.substr(0, peer.rfind(':')));
  if (absl::ConsumePrefix(&peer, "ipv6:")) {
    const std::string plain = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}});
    absl::string_view address = absl::string_view(plain).substr(0, plain.rfind(':'));
    absl::ConsumePrefix(&address, "[");
    absl::ConsumeSuffix(&address, "]");
    return std::string(address);
  }
  return std::string(peer.substr(0, kMaxClient));
}

std::string PeerName(const grpc::CallbackServerContext& context) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return "";
  const auto ids = auth->FindPropertyValues("peer_spiffe_id");
  if (ids.size() != 1) return "";
  absl::string_view name = View(ids.front());
  if (!absl::ConsumePrefix(&name, kServicePrefix)) return "";
  return std::string(name);
}

Call CallFrom(const grpc::CallbackServerContext& context, absl::string_view method,
              absl::string_view assumed_peer) {
  Call call;
  call.method = std::string(method);
  call.peer = PeerName(context);
  if (call.peer.empty()) call.peer = std::string(assumed_peer);
  absl::string_view token = MetadataOf(context, "authorization");
  // Anything but a bearer token stays as it is and fails verification.
  absl::ConsumePrefix(&token, "Bearer ");
  call.token = std::string(token);
  call.request_tag = TagOrNew(MetadataOf(context, "x-request-id"));
  // Only a service of the suite is believed about where a call came from.
  if (!call.peer.empty()) call.client = ForwardedClient(MetadataOf(context, "x-eid-client"));
  call.forwarded = !call.client.empty();
  if (!call.forwarded) call.client = AddressOf(context.peer());
  call.deadline = DeadlineOf(context);
  return call;
}

InboundCall::InboundCall(const Pipeline& pipeline, absl::string_view method,
                         const grpc::CallbackServerContext& context)
    : pipeline_(&pipeline),
      call_(CallFrom(context, method, pipeline.assumed_peer())),
      start_(Clock::Real().TimeNow()) {}

InboundCall::InboundCall(const Pipeline& pipeline, Call call)
    : pipeline_(&pipeline), call_(std::move(call)), start_(Clock::Real().TimeNow()) {}

grpc::Status InboundCall::Finish(const absl::Status& status) const {
  pipeline_->Finish(call_, status, Clock::Real().TimeNow() - start_);
  return ToGrpc(PublicStatus(status));
}

}  // namespace eid::rpc
