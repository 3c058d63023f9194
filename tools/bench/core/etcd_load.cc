// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/etcd_load.h"

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/macros.h"
#include "tools/bench/core/bench_server.h"
#include "tools/bench/core/etcd_kv.pb.h"
#include "tools/bench/core/items.h"
#include "tools/bench/core/loopback.h"
#include "tools/bench/frame/closed_loop.h"
#include "tools/suite/ports.h"
#include "tools/suite/process.h"

namespace eid::bench {
namespace {

// Of the write-ahead log, and of the store behind it; nothing if etcd does not say both.
std::optional<uint64_t> FsyncsOf(int port) {
  uint64_t fsyncs = 0;
  int found = 0;
  for (const absl::string_view line : absl::StrSplit(HttpGet(port, "/metrics"), '\n')) {
    if (!absl::StartsWith(line, "etcd_disk_wal_fsync_duration_seconds_count ") &&
        !absl::StartsWith(line, "etcd_disk_backend_commit_duration_seconds_count ")) {
      continue;
    }
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, ' ');
    uint64_t count = 0;
    if (!absl::SimpleAtoi(parts.second, &count)) continue;
    fsyncs += count;
    ++found;
  }
  if (found != 2) return std::nullopt;
  return fsyncs;
}

class EtcdPut final : public Contender {
 public:
  explicit EtcdPut(Context& context) : context_(context) {}

  std::string name() const override { return "etcd put"; }

  absl::Status Prepare() override {
    ASSIGN_OR_RETURN(program_, FindSystemProgram("etcd", "etcd-server"));
    return absl::OkStatus();
  }

  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override {
    ASSIGN_OR_RETURN(const std::string folder, context_.FreshFolder("etcd"));
    const Scratch scratch(folder);
    ASSIGN_OR_RETURN(const std::vector<int> ports, suite::FreePorts(2));
    const int port = ports[0];
    ASSIGN_OR_RETURN(const auto process, StartEtcd(folder, port, ports[1]));
    rpc::PeerConfig peer;
    peer.set_address(absl::StrCat("127.0.0.1:", port));
    ASSIGN_OR_RETURN(const auto caller, MakeCaller(peer));
    std::atomic<uint64_t> next = 0;
    const Watched watched = {.pids = {process->pid()}, .fsyncs = [&] { return FsyncsOf(port); }};
    return RunClosedLoop(watched, in_flight, duration, [&](Done done) {
      v1::PutRequest put = MakePutRequest(++next);
      etcdserverpb::PutRequest request;
      request.set_allocated_key(put.release_key());
      request.set_allocated_value(put.release_value());
      caller->Call("/etcdserverpb.KV/Put", Bytes(request.SerializeAsString()), "", std::move(done));
    });
  }

 private:
  absl::StatusOr<std::unique_ptr<suite::Process>> StartEtcd(const std::string& folder, int port,
                                                            int member_port) {
    const std::string client = absl::StrCat("http://127.0.0.1:", port);
    const std::string member = absl::StrCat("http://127.0.0.1:", member_port);
    ASSIGN_OR_RETURN(
        auto process,
        suite::Process::Start(
            {.command = {program_, "--name=bench", absl::StrCat("--data-dir=", folder, "/data"),
                         "--listen-client-urls=" + client, "--advertise-client-urls=" + client,
                         "--listen-peer-urls=" + member, "--initial-advertise-peer-urls=" + member,
                         "--initial-cluster=bench=" + member, "--log-level=error"},
             .log_path = folder + "/log"}));
    RETURN_IF_ERROR(WaitUntil(*process, folder + "/log", [&] {
      return absl::StrContains(HttpGet(port, "/health"), "\"health\":\"true\"");
    }));
    return process;
  }

  Context& context_;
  std::string program_;
};

}  // namespace

std::shared_ptr<Contender> EtcdPutLoad(Context& context) {
  return std::make_shared<EtcdPut>(context);
}

}  // namespace eid::bench
