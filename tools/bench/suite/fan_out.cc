// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/fan_out.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock/timestamp.h"
#include "common/kv/mutation.h"
#include "common/rpc/channel.h"
#include "common/status/macros.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "tools/bench/core/bench.pb.h"
#include "tools/bench/core/bench_server.h"
#include "tools/bench/load/fields.h"
#include "tools/bench/suite/many_cases.h"

namespace eid::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kWatch[] = "/eid.approval.v1.ApprovalService/WatchCases";
constexpr char kEnsure[] = "/eid.approval.v1.ApprovalIntakeService/EnsureCase";
// Cases that come before the watchers are waited for: many enough for the waiting not to count.
constexpr uint64_t kBurst = 256;
constexpr absl::Duration kPatience = absl::Seconds(30);

constexpr char kStream[] = "/eid.bench.v1.BenchService/Stream";

rpc::PeerConfig WithChannels(rpc::PeerConfig peer) {
  peer.set_channels(kConnections);
  return peer;
}

bool IsEvent(const grpc::ByteBuffer& bytes) {
  // A heartbeat has a token alone.
  return !BytesField(OnePiece(bytes).bytes(), approval::v1::CaseEvent::kCaseFieldNumber).empty();
}

}  // namespace

absl::Status FanOutLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  suite::Suite& suite = stage_->world().suite();
  ASSIGN_OR_RETURN(intake_, stage_->CallerAt("approval", "org_registration"));
  ASSIGN_OR_RETURN(channels_, ConnectAll(suite.address("approval"), suite.certificates(), "gateway",
                                         "approval"));
  return absl::OkStatus();
}

grpc::ByteBuffer FanOutLoad::NextCase() {
  const uint64_t n = cases_++;
  const approval::v1::Case like = NthCase(n).case_();
  approval::v1::EnsureCaseRequest request;
  request.set_case_id(absl::StrCat("fan-out-", suite::NewRequestId()));
  request.set_submission_number(1);
  request.set_file_code("G01.899-250303-0001");
  *request.mutable_dossier() = like.dossier();
  *request.mutable_verification() = like.verification();
  request.set_dossier_digest(kv::DigestOf(request.dossier()));
  request.mutable_verification()->set_dossier_digest(request.dossier_digest());
  request.set_applicant_account_id(like.applicant_account_id());
  *request.mutable_receive_time() = ToTimestamp(absl::Now());
  return Bytes(request.SerializeAsString());
}

absl::StatusOr<std::vector<std::unique_ptr<MessageStream>>> FanOutLoad::OpenWatchers() {
  std::vector<std::unique_ptr<MessageStream>> watchers;
  for (int i = 0; i < kWatchers; ++i) {
    const std::string token = stage_->mint().TokenOf(absl::StrCat("bench-watcher-", i),
                                                     {policy::v1::OFFICER_ROLE_REVIEWER});
    watchers.push_back(std::make_unique<MessageStream>(
        channels_[i % channels_.size()], kWatch, Bytes(""), token,
        [this](const grpc::ByteBuffer& bytes) {
          if (!IsEvent(bytes)) return;
          event_bytes_.store(bytes.Length(), std::memory_order_relaxed);
          ++told_;
        }));
  }
  for (const auto& watcher : watchers) RETURN_IF_ERROR(watcher->WaitOpen());
  return watchers;
}

absl::Status FanOutLoad::Burst(int in_flight) {
  std::atomic<uint64_t> left = kBurst;
  absl::Mutex mutex;
  int running = in_flight;
  absl::Status failure;
  Done next = [&](const absl::Status& status) {
    uint64_t before = left.load();
    while (before > 0 && !left.compare_exchange_weak(before, before - 1)) {
    }
    if (status.ok() && before > 0) return intake_->Call(kEnsure, NextCase(), "", next);
    absl::MutexLock lock(&mutex);
    failure.Update(status);
    --running;
  };
  for (int i = 0; i < in_flight; ++i) next(absl::OkStatus());
  const auto over = [&] { return running == 0; };
  absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(&over));
  RETURN_IF_ERROR(failure);
  expected_ += kBurst * kWatchers;
  // Nobody wakes us for the last event of a hundred streams; a millisecond more or less is nothing.
  const absl::Time deadline = absl::Now() + kPatience;
  while (told_.load() < expected_) {
    if (absl::Now() > deadline) return absl::DeadlineExceededError("watchers were not told of all");
    absl::SleepFor(absl::Milliseconds(1));
  }
  return absl::OkStatus();
}

absl::StatusOr<Sample> FanOutLoad::Run(int in_flight, absl::Duration duration) {
  ASSIGN_OR_RETURN(const auto watchers, OpenWatchers());
  told_ = 0;
  expected_ = 0;
  RETURN_IF_ERROR(Burst(in_flight));
  RETURN_IF_ERROR(CheckSize("an event of WatchCases", event_bytes_, kEventBytes));
  const Watched watched = stage_->Processes({"approval"});
  const uint64_t warm = told_.load();
  const auto until = SteadyClock::now() + absl::ToChronoNanoseconds(duration);
  const Meter meter(watched);
  while (SteadyClock::now() < until) RETURN_IF_ERROR(Burst(in_flight));
  Sample sample = meter.Finish(told_.load() - warm);
  for (const auto& watcher : watchers) RETURN_IF_ERROR(watcher->ended());
  return sample;
}

absl::StatusOr<Sample> BareStreams::Run(int, absl::Duration duration) {
  ASSIGN_OR_RETURN(const auto server,
                   BenchServer::Start(context_, {.kind = ServerConfig::KIND_BARE,
                                                 .security = Security::kMutualTls}));
  ASSIGN_OR_RETURN(const auto channels, rpc::MakeChannels(WithChannels(server->peer())));
  v1::EchoRequest request;
  request.set_answer_bytes(FanOutLoad::kEventBytes);
  std::atomic<uint64_t> told = 0;
  std::vector<std::unique_ptr<MessageStream>> streams;
  for (int i = 0; i < kWatchers; ++i) {
    streams.push_back(std::make_unique<MessageStream>(channels[i % channels.size()], kStream,
                                                      Bytes(request.SerializeAsString()), "",
                                                      [&](const grpc::ByteBuffer&) { ++told; }));
  }
  for (const auto& stream : streams) RETURN_IF_ERROR(stream->WaitOpen());
  absl::SleepFor(WarmUpOf(duration));
  const Watched watched = {.pids = {server->pid()}};
  const uint64_t warm = told.load();
  const Meter meter(watched);
  absl::SleepFor(duration);
  Sample sample = meter.Finish(told.load() - warm);
  for (const auto& stream : streams) RETURN_IF_ERROR(stream->ended());
  return sample;
}

}  // namespace eid::bench
