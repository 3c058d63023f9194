// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/served_loads.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/bench/core/items.h"
#include "tools/bench/frame/closed_loop.h"

namespace eid::bench {
namespace {

using MakeRequest = std::function<grpc::ByteBuffer(uint64_t n)>;

const char* Suffix(Hops hops) {
  switch (hops) {
    case Hops::kDirect: return "";
    case Hops::kDirectMutualTls: return ", mTLS";
    case Hops::kProxy: return ", bare proxy, TLS then mTLS";
  }
  return "";
}

class Served final : public Contender {
 public:
  struct Parts {
    std::string name;
    BenchServerOptions server;
    bool through_proxy = false;
    std::string method;
    MakeRequest request;
  };

  Served(Context& context, Parts parts) : context_(context), parts_(std::move(parts)) {}

  std::string name() const override { return parts_.name; }

  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override {
    ASSIGN_OR_RETURN(const auto server, BenchServer::Start(context_, parts_.server));
    Watched watched = {.pids = {server->pid()}};
    if (parts_.server.has_store) watched.fsyncs = [&] { return server->Fsyncs(); };
    std::unique_ptr<BenchServer> proxy;
    if (parts_.through_proxy) {
      ASSIGN_OR_RETURN(proxy, BenchServer::Start(context_, {.kind = ServerConfig::KIND_PROXY,
                                                            .security = Security::kTls,
                                                            .backend = server->peer()}));
      watched.pids.push_back(proxy->pid());
    }
    ASSIGN_OR_RETURN(const auto caller,
                     MakeCaller(proxy != nullptr ? proxy->peer() : server->peer()));
    std::atomic<uint64_t> next = 0;
    const std::string method = absl::StrCat("/eid.bench.v1.BenchService/", parts_.method);
    return RunClosedLoop(watched, in_flight, duration, [&](Done done) {
      caller->Call(method, parts_.request(++next), "", std::move(done));
    });
  }

 private:
  Context& context_;
  const Parts parts_;
};

BenchServerOptions ServerFor(Hops hops, ServerConfig::Kind kind, bool has_store) {
  return {.kind = kind,
          .security = hops == Hops::kDirect ? Security::kNone : Security::kMutualTls,
          .has_store = has_store};
}

grpc::ByteBuffer PutBytes(uint64_t n) { return Bytes(MakePutRequest(n).SerializeAsString()); }

// How much padding makes a message so many bytes long: what else it has counts.
template <class Message>
size_t PaddingFor(Message message, size_t bytes) {
  message.set_padding(std::string(bytes, 'x'));
  return bytes - std::min(bytes, message.ByteSizeLong() - bytes);
}

MakeRequest EchoBytes(size_t request_bytes, size_t answer_bytes) {
  v1::EchoRequest request;
  request.set_answer_bytes(static_cast<uint32_t>(PaddingFor(v1::EchoResponse(), answer_bytes)));
  request.set_padding(std::string(PaddingFor(request, request_bytes), 'x'));
  return [bytes = request.SerializeAsString()](uint64_t) { return Bytes(bytes); };
}

}  // namespace

std::shared_ptr<Contender> ServiceCreateLoad(Context& context) {
  return std::make_shared<Served>(
      context, Served::Parts{.name = "mutation behind one RPC",
                             .server = ServerFor(Hops::kDirect, ServerConfig::KIND_SERVICE, true),
                             .method = "CreateItem",
                             .request = [](uint64_t n) {
                               return Bytes(MakeCreateRequest(n).SerializeAsString());
                             }});
}

std::shared_ptr<Contender> ServicePutLoad(Context& context) {
  return std::make_shared<Served>(
      context, Served::Parts{.name = "put of one row",
                             .server = ServerFor(Hops::kDirect, ServerConfig::KIND_SERVICE, true),
                             .method = "Put",
                             .request = PutBytes});
}

std::shared_ptr<Contender> ServiceEchoLoad(Context& context) {
  return std::make_shared<Served>(
      context, Served::Parts{.name = "echo with pipeline",
                             .server = ServerFor(Hops::kDirect, ServerConfig::KIND_SERVICE, true),
                             .method = "Echo",
                             .request = EchoBytes(200, 600)});
}

std::shared_ptr<Contender> BarePutLoad(Context& context, Hops hops) {
  return std::make_shared<Served>(
      context, Served::Parts{.name = absl::StrCat("bare put", Suffix(hops)),
                             .server = ServerFor(hops, ServerConfig::KIND_BARE, true),
                             .through_proxy = hops == Hops::kProxy,
                             .method = "Put",
                             .request = PutBytes});
}

std::shared_ptr<Contender> BareEchoLoad(Context& context, Hops hops, size_t request_bytes,
                                        size_t answer_bytes) {
  return std::make_shared<Served>(
      context, Served::Parts{.name = absl::StrCat("bare echo", Suffix(hops)),
                             .server = ServerFor(hops, ServerConfig::KIND_BARE, false),
                             .through_proxy = hops == Hops::kProxy,
                             .method = "Echo",
                             .request = EchoBytes(request_bytes, answer_bytes)});
}

}  // namespace eid::bench
