// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/approvals.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "eid/approval/v1/approval_service.grpc.pb.h"
#include "tools/bench/frame/histogram.h"
#include "tools/bench/suite/many_cases.h"
#include "tools/suite/client.h"

namespace eid::bench {
namespace {

using approval::v1::ApprovalService;
using SteadyClock = std::chrono::steady_clock;

constexpr char kList[] = "/eid.approval.v1.ApprovalService/ListCases";
constexpr int kPage = 50;
constexpr int kLeastStarts = 3;

approval::v1::ListCasesRequest Filter() {
  approval::v1::ListCasesRequest request;
  request.set_state(approval::v1::Case::STATE_OPEN);
  request.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  request.set_page_size(kPage);
  return request;
}

}  // namespace

ApprovalStage::~ApprovalStage() {
  if (suite_ != nullptr) suite_->StopAll();
}

std::string ApprovalStage::Token() const {
  return mint_->TokenOf("bench-officer", {policy::v1::OFFICER_ROLE_REVIEWER});
}

absl::Status ApprovalStage::Ensure() {
  if (suite_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string folder,
                   context_.FreshFolder(absl::StrCat("approval-", cases_)));
  ASSIGN_OR_RETURN(suite_, suite::Suite::Create({.directory = folder}));
  RETURN_IF_ERROR(FillCases(folder + "/approval.textproto", cases_));
  RETURN_IF_ERROR(suite_->Start("identity"));
  RETURN_IF_ERROR(suite_->Start("approval"));
  ASSIGN_OR_RETURN(Mint mint, Mint::Open(*suite_));
  mint_ = std::make_unique<Mint>(std::move(mint));
  return absl::OkStatus();
}

std::string PageLoad::name() const { return absl::StrCat("page of ", stage_->cases(), " cases"); }

absl::StatusOr<Sample> PageLoad::Run(int in_flight, absl::Duration duration) {
  suite::Suite& suite = stage_->suite();
  ASSIGN_OR_RETURN(const auto channels, ConnectAll(suite.address("approval"), suite.certificates(),
                                                   "gateway", "approval"));
  const std::string token = stage_->Token();
  const auto stub = ApprovalService::NewStub(channels.front());
  ASSIGN_OR_RETURN(const approval::v1::ListCasesResponse page,
                   suite::Call(*stub, &ApprovalService::Stub::ListCases, Filter(),
                               {.token = token, .repeat = true}));
  if (page.cases_size() != kPage) {
    return absl::InternalError(absl::StrCat("a page has ", page.cases_size(), " cases"));
  }
  Caller caller(channels);
  const std::string bytes = Filter().SerializeAsString();
  const Watched watched = {.pids = {suite.process("approval").pid()}};
  return RunClosedLoop(watched, in_flight, duration, [&](Done done) {
    caller.Call(kList, Bytes(bytes), token, std::move(done));
  });
}

std::string StartLoad::name() const {
  return absl::StrCat("start with ", stage_->cases(), " cases");
}

absl::StatusOr<Sample> StartLoad::Run(int, absl::Duration duration) {
  suite::Suite& suite = stage_->suite();
  Histogram starts;
  const auto until = SteadyClock::now() + absl::ToChronoNanoseconds(duration);
  while (starts.count() < kLeastStarts || SteadyClock::now() < until) {
    if (const int code = suite.Stop("approval"); code != 0) {
      return absl::InternalError(absl::StrCat("approval, told to stop, ended with ", code));
    }
    const auto begin = SteadyClock::now();
    RETURN_IF_ERROR(suite.Start("approval"));
    const std::chrono::nanoseconds took = SteadyClock::now() - begin;
    starts.Add(static_cast<uint64_t>(took.count()));
  }
  Sample sample;
  sample.calls = starts.count();
  sample.p50_us = starts.Percentile(0.5) / 1000;
  sample.p99_us = starts.Percentile(0.99) / 1000;
  sample.calls_per_second = 1e6 / sample.p50_us;
  sample.rss_mib = RssMibOf(suite.process("approval").pid());
  return sample;
}

absl::Status IdleSuite::Prepare() {
  ASSIGN_OR_RETURN(const std::string folder, context_.FreshFolder("idle"));
  ASSIGN_OR_RETURN(suite_, suite::Suite::Create({.directory = folder}));
  return suite_->StartAll();
}

absl::StatusOr<Sample> IdleSuite::Run(int, absl::Duration duration) {
  absl::SleepFor(duration);
  Sample sample;
  double largest = 0;
  for (const char* name : {"identity", "org_registration", "verification", "approval", "gateway"}) {
    const double mib = RssMibOf(suite_->process(name).pid());
    if (mib == 0) return absl::UnavailableError(absl::StrCat(name, " does not run"));
    sample.extra[name] = mib;
    sample.rss_mib += mib;
    if (name != absl::string_view("gateway")) largest = std::max(largest, mib);
  }
  sample.extra["largest service"] = largest;
  sample.calls = 1;
  return sample;
}

}  // namespace eid::bench
