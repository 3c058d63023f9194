// SPDX-License-Identifier: Apache-2.0
// How programs listen and call, and the gateway: what it says of its backends and of how often
// somebody may call. Addresses and certificates are gRPC's to read.
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/kv/feed.h"
#include "common/rpc/limits.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/settings.h"
#include "common/rpc/watches.h"
#include "common/testing/fake_clock.h"
#include "eid/admin/v1/admin_service.pb.h"
#include "services/gateway/limits.h"
#include "services/gateway/route_map.h"
#include "services/gateway/settings.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/settings.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {
namespace {

using google::protobuf::Message;

class SilentFeed final : public kv::Feed {
 public:
  absl::StatusOr<std::vector<kv::FeedEntry>> Read(uint64_t, size_t) const override {
    return std::vector<kv::FeedEntry>();
  }
  kv::Subscription Subscribe(std::function<void(uint64_t revision)>) override { return {}; }
};

void CheckCallers(const rpc::RpcConfig& config) {
  std::set<std::pair<std::string, std::string>> allowed;
  for (const rpc::AllowedCallers& list : config.allowed_callers()) {
    for (const std::string& caller : list.callers()) allowed.insert({list.service(), caller});
  }
  const rpc::CallerList callers(config);
  const auto check = [&](const std::string& service, const std::string& caller) {
    Require(callers.Allows(service, caller) == (allowed.count({service, caller}) > 0),
            "who is on the list of a service is let in, and nobody else");
  };
  std::string last_service;
  for (const auto& [service, caller] : allowed) {
    check(service, caller);
    check(last_service, caller);
    check(service, "");
    last_service = service;
  }
}

void CheckListen(const rpc::RpcConfig& config) {
  CheckCallers(config);
  for (const bool has_trunk : {false, true}) {
    const auto settings = rpc::ListenSettingsOf(config, has_trunk);
    if (!Taken(settings.status())) continue;
    Require(settings->max_message_bytes >= (has_trunk ? rpc::kLeastMessageBytesWithTrunk : 1),
            "messages are taken");
    Require(settings->max_concurrent_streams >= 1, "calls are taken");
    Require(settings->max_buffer_bytes >= 1 << 20, "there is memory for them");
    CheckPeriod(settings->grace);
    SilentFeed feed;
    rpc::Watches watches(feed, config);
    policy::v1::AccessClaims claims;
    claims.set_sub("account-1");
    rpc::Call person;
    person.claims = std::make_shared<const policy::v1::AccessClaims>(std::move(claims));
    Require(watches.Enter(person, [] {}).ok(), "somebody may watch");
  }
}

void CheckPeer(const rpc::PeerConfig& config) {
  const auto settings = rpc::PeerSettingsOf(config);
  if (!Taken(settings.status())) return;
  Require(settings->channels >= 1 && settings->channels <= 4, "a peer has connections, and few");
  Require(settings->max_message_bytes >= 1, "answers are taken");
}

void CheckKeysOf(const rpc::KeysConfig& config) {
  if (Taken(rpc::CheckKeys(config))) CheckPeriod(rpc::KeysRefresh(config));
}

void CheckLimits(const gateway::LimitsConfig& config) {
  if (!Taken(gateway::Limits::Validate(config))) return;
  FakeClock clock(kNow);
  gateway::Limits limits(config, clock);
  for (const bool is_account : {true, false}) {
    for (const auto rate_class :
         {policy::v1::RATE_CLASS_READ, policy::v1::RATE_CLASS_WRITE,
          policy::v1::RATE_CLASS_CREDENTIAL, policy::v1::RATE_CLASS_WATCH}) {
      const absl::string_view client = is_account ? "account:1" : "address:1";
      Require(limits.Take(client, is_account, rate_class).ok(), "the first call passes");
      for (int i = 0; i < 3; ++i) {
        clock.Advance(absl::Milliseconds(1));
        const absl::Status taken = limits.Take(client, is_account, rate_class);
        Require(taken.ok() || absl::IsResourceExhausted(taken), "who calls too often is told");
      }
    }
  }
}

void CheckRoutes(const gateway::RouteMap& map, const std::vector<gateway::Served>& served) {
  const auto& open = map.open_services();
  Require(std::is_sorted(open.begin(), open.end()) &&
              std::adjacent_find(open.begin(), open.end()) == open.end(),
          "what is open is listed once");
  const auto is_open = [&](const std::string& service) {
    return std::binary_search(open.begin(), open.end(), service);
  };
  for (const rpc::Method* method : map.policies().methods()) {
    Require(!gateway::IsOpen(*method) || is_open(method->service), "what is open is listed");
    const auto found = map.Find(*method, "");
    Require(found.ok(), "a method has a place");
    if (!found->has_value()) {
      Require(method->service == "eid.admin.v1.AdminService", "the gateway serves little itself");
      continue;
    }
    const auto& packages = served.at(**found).packages;
    Require(std::count(packages.begin(), packages.end(), method->package) == 1,
            "a backend gets what it serves");
  }
  const rpc::Method* info = map.policies().Find("/eid.admin.v1.AdminService/GetInfo");
  Require(info != nullptr, "every program tells what it is");
  size_t shown = 1;
  for (size_t i = 0; i < served.size(); ++i) {
    const auto named = map.Find(*info, served[i].name);
    Require(named.ok() && *named == i, "a backend is found by its name");
    for (const std::string& service : map.OpenServicesOf(i)) {
      Require(is_open(service), "a backend's health is of what is open");
      ++shown;
    }
  }
  Require(shown == open.size(), "what is open is the gateway's or one backend's");
}

void CheckBackends(const gateway::Config& config) {
  for (const gateway::BackendConfig& backend : config.backends()) {
    const auto peer = gateway::PeerOf(backend);
    if (!Taken(peer.status())) continue;
    Require(
        peer->no_retries() && rpc::PeerSettingsOf(*peer)->max_message_bytes >= rpc::kMaxAnswerBytes,
        "a backend's answers pass");
  }
  const std::vector<gateway::Served> served = gateway::ServedBy(config);
  const auto map = gateway::RouteMap::Build(served);
  if (Taken(map.status())) CheckRoutes(*map, served);
}

void CheckGateway(const gateway::Config& config) {
  CheckLimits(config.limits());
  CheckBackends(config);
  if (!Taken(gateway::CheckConfig(config))) return;
  const rpc::RpcConfig listen = gateway::ListenConfig(config);
  const auto settings = rpc::ListenSettingsOf(listen, /*has_trunk=*/false);
  Require(settings.ok(), "a gateway listens");
  const uint64_t limit = gateway::MaxMessageBytes(config);
  Require(static_cast<uint64_t>(settings->max_message_bytes) ==
              std::min<uint64_t>(4 * limit, std::numeric_limits<int32_t>::max()),
          "what is a little over the limit reaches who says so");
  CheckPeriod(gateway::HealthPause(config));
  Require(gateway::TrustedProxies(config).count("") == 0, "a proxy has an address");
}

}  // namespace

std::vector<MessageEntry> RpcSettingsEntries() {
  // Linked whole, for the routes: the contracts by their requests' targets, and this one.
  Require(admin::v1::Info::descriptor() != nullptr, "the administration is linked");
  return {SettingsEntry<gateway::Config>(CheckGateway), SettingsEntry<rpc::RpcConfig>(CheckListen),
          SettingsEntry<rpc::PeerConfig>(CheckPeer), SettingsEntry<rpc::KeysConfig>(CheckKeysOf)};
}

std::vector<std::unique_ptr<Message>> GoodRpcSettings() {
  std::vector<std::unique_ptr<Message>> good;
  good.push_back(Parsed<gateway::Config>(
      R"(rpc { listen_address: "127.0.0.1:0" } keys { identity { address: "i" } }
         backends { name: "identity" packages: "eid.identity.v1" peer { address: "i" } }
         backends { name: "org_registration" packages: "eid.org_registration.v1"
                    peer { address: "o" max_message_bytes: 4194304 channels: 4 } }
         backends { name: "verification" packages: "eid.verification.v1" peer { address: "v" } }
         backends { name: "approval" packages: "eid.approval.v1" peer { address: "a" } }
         limits { account { read { per_second: 1 burst: 2 } watch { per_second: 0.5 burst: 1 } }
         address { write { per_second: 3 burst: 4 } } max_clients: 1 }
         health_seconds: 1 trusted_proxies: "192.0.2.1" trusted_proxies: "2001:db8::1")"));
  good.push_back(Parsed<rpc::RpcConfig>(
      R"(listen_address: "[::]:7001" tls { certificate_chain_path: "c" private_key_path: "k"
         client_ca_path: "a" require_client_certificate: true }
         allowed_callers { service: "eid.approval.v1.ApprovalIntakeService"
         callers: "org_registration" } max_message_bytes: 163840 max_concurrent_streams: 1
         grace_seconds: 1 max_watchers: 1 max_buffer_mib: 1)"));
  good.push_back(Parsed<rpc::KeysConfig>(
      R"(identity { address: "i" channels: 4 max_message_bytes: 1 } refresh_seconds: 1)"));
  Require(
      gateway::CheckConfig(static_cast<const gateway::Config&>(*good[0])).ok() &&
          gateway::RouteMap::Build(gateway::ServedBy(static_cast<const gateway::Config&>(*good[0])))
              .ok(),
      "a seed is taken");
  return good;
}

}  // namespace eid::fuzz
