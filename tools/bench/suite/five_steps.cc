// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/five_steps.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "eid/simulator/v1/simulator_control_service.pb.h"
#include "tools/suite/requests.h"

namespace eid::bench {
namespace {

using approval::v1::Case;
using org_registration::v1::Registration;

constexpr char kRegistrations[] = "/eid.org_registration.v1.RegistrationService/";
constexpr char kCases[] = "/eid.approval.v1.ApprovalService/";
// More than can be filed in a second.
constexpr int kFiledInASecond = 1500;
const std::vector<std::string>& Services() {
  static const auto* const names =
      new std::vector<std::string>{"org_registration", "verification", "approval", "identity"};
  return *names;
}

// The n-th organization, which the seed does not know.
registry::v1::OrganizationRecord NthOrganization(uint64_t n,
                                                 const suite::PersonData& representative) {
  return suite::OrganizationOf(representative, suite::NthTaxCode("37", 1'000'000, n),
                               absl::StrCat("Công ty TNHH Đo Lường ", n));
}

template <class Message>
grpc::ByteBuffer Bytes(const Message& message) {
  return bench::Bytes(message.SerializeAsString());
}

// What a call gave: the message, or why there is none.
template <class Message>
absl::StatusOr<Message> Answer(const absl::Status& status, const grpc::ByteBuffer& bytes) {
  if (!status.ok()) return status;
  Message message;
  if (!Parse(bytes, message)) return absl::InternalError("an answer cannot be read");
  return message;
}

}  // namespace

absl::Status FiveStepsLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  return stage_->AdmitApplicants();
}

absl::Status FiveStepsLoad::PutOrganizations(int count) {
  ASSIGN_OR_RETURN(const auto register_caller, stage_->CallerAt("registry_business", "operator"));
  const auto& applicants = stage_->applicants();
  std::atomic<int> left = count;
  Done next;
  absl::Mutex mutex;
  absl::Status failure;
  bool ended = false;
  int running = 8;
  next = [&](const absl::Status& status) {
    uint64_t n = 0;
    {
      absl::MutexLock lock(&mutex);
      failure.Update(status);
      if (!failure.ok() || left.fetch_sub(1) <= 0) {
        ended = --running == 0;
        return;
      }
      absl::MutexLock count_lock(&mutex_);
      n = put_++;
    }
    simulator::v1::PutOrganizationRequest request;
    *request.mutable_organization() = NthOrganization(n, applicants[n % applicants.size()]->data());
    register_caller->Call("/eid.simulator.v1.SimulatorControlService/PutOrganization",
                          Bytes(request), "", next);
  };
  for (int i = 0; i < 8; ++i) next(absl::OkStatus());
  absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(&ended));
  return failure;
}

absl::StatusOr<FiveStepsLoad::Streams> FiveStepsLoad::Follow() {
  Streams streams;
  const auto channel = stage_->world().gateway();
  streams.push_back(std::make_unique<MessageStream>(
      channel, absl::StrCat(kCases, "WatchCases"), bench::Bytes(""), reviewer_,
      [this](const grpc::ByteBuffer& bytes) { OnCase(bytes); }));
  for (const std::string& token : tokens_) {
    streams.push_back(std::make_unique<MessageStream>(
        channel, absl::StrCat(kRegistrations, "WatchRegistrations"), bench::Bytes(""), token,
        [this](const grpc::ByteBuffer& bytes) { OnRegistration(bytes); }));
  }
  for (const auto& stream : streams) RETURN_IF_ERROR(stream->WaitOpen());
  return streams;
}

void FiveStepsLoad::Start(Done done) {
  uint64_t n = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (filed_ < put_) n = ++filed_;
  }
  if (n == 0) return done(absl::OutOfRangeError("no organization is left to file"));
  const auto& applicants = stage_->applicants();
  const size_t who = (n - 1) % applicants.size();
  const suite::PersonData& person = applicants[who]->data();
  const auto request = suite::CreationOf(suite::DossierOf(NthOrganization(n - 1, person), person));
  stage_->gateway().Ask(absl::StrCat(kRegistrations, "CreateRegistration"), Bytes(request),
                        tokens_[who],
                        [this, token = tokens_[who], done = std::move(done)](
                            const absl::Status& status, grpc::ByteBuffer& bytes) {
                          const auto draft = Answer<Registration>(status, bytes);
                          if (!draft.ok()) return done(draft.status());
                          Submit(*draft, token, done);
                        });
}

void FiveStepsLoad::Submit(const Registration& draft, const std::string& token, Done done) {
  const std::string id = draft.registration_id();
  {
    // Before it is submitted: its case may be there before the answer is.
    absl::MutexLock lock(&mutex_);
    flows_[id] = {.token = token, .done = std::move(done)};
  }
  stage_->gateway().Call(absl::StrCat(kRegistrations, "SubmitRegistration"),
                         Bytes(suite::SubmissionOf(draft)), token,
                         [this, id](const absl::Status& status) {
                           if (!status.ok()) End(id, status);
                         });
}

void FiveStepsLoad::OnCase(const grpc::ByteBuffer& bytes) {
  approval::v1::CaseEvent event;
  if (!Parse(bytes, event) || event.case_().state() != Case::STATE_OPEN) return;
  {
    absl::MutexLock lock(&mutex_);
    const auto flow = flows_.find(event.case_().case_id());
    if (flow == flows_.end() || std::exchange(flow->second.claimed, true)) return;
  }
  Claim(event.case_().case_id());
}

void FiveStepsLoad::Claim(const std::string& id) {
  stage_->gateway().Ask(absl::StrCat(kCases, "ClaimCase"), Bytes(suite::ClaimOf(id)), reviewer_,
                        [this, id](const absl::Status& status, grpc::ByteBuffer& bytes) {
                          const auto claimed = Answer<Case>(status, bytes);
                          if (!claimed.ok()) return End(id, claimed.status());
                          Approve(*claimed);
                        });
}

void FiveStepsLoad::Approve(const Case& claimed) {
  stage_->gateway().Call(absl::StrCat(kCases, "ApproveCase"),
                         Bytes(suite::ApprovalOf(claimed, "Đủ điều kiện.")), approver_,
                         [this, id = claimed.case_id()](const absl::Status& status) {
                           if (!status.ok()) End(id, status);
                         });
}

void FiveStepsLoad::OnRegistration(const grpc::ByteBuffer& bytes) {
  org_registration::v1::RegistrationEvent event;
  if (!Parse(bytes, event) || !event.has_registration()) return;
  const Registration& registration = event.registration();
  if (registration.state() == Registration::STATE_ISSUED) {
    End(registration.registration_id(), absl::OkStatus());
  }
}

void FiveStepsLoad::End(const std::string& id, const absl::Status& status) {
  Done done;
  {
    absl::MutexLock lock(&mutex_);
    const auto flow = flows_.find(id);
    if (flow == flows_.end()) return;
    done = std::move(flow->second.done);
    flows_.erase(flow);
  }
  done(status);
}

absl::StatusOr<double> FiveStepsLoad::Commits() {
  double commits = 0;
  for (const std::string& service : Services()) {
    ASSIGN_OR_RETURN(const admin::v1::Info info, stage_->InfoOf(service));
    commits += static_cast<double>(info.store_revision());
  }
  return commits;
}

absl::StatusOr<Sample> FiveStepsLoad::Run(int in_flight, absl::Duration duration) {
  const double seconds = absl::ToDoubleSeconds(duration) + 1;
  RETURN_IF_ERROR(PutOrganizations(static_cast<int>(seconds * kFiledInASecond) + in_flight));
  reviewer_ = stage_->mint().TokenOf("bench-reviewer", {policy::v1::OFFICER_ROLE_REVIEWER});
  approver_ = stage_->mint().TokenOf("bench-approver", {policy::v1::OFFICER_ROLE_APPROVER});
  ASSIGN_OR_RETURN(tokens_, stage_->ApplicantTokens());
  ASSIGN_OR_RETURN(const Streams streams, Follow());

  std::vector<std::string> programs = Services();
  programs.push_back("gateway");
  const Watched watched = stage_->Processes(programs);
  ASSIGN_OR_RETURN(const double commits_before, Commits());
  const uint64_t written_before = BytesWrittenBy(watched);
  std::atomic<uint64_t> all = 0;
  Sample sample = RunClosedLoop(watched, in_flight, duration, [this, &all](Done done) {
    ++all;
    Start(std::move(done));
  });
  for (const auto& stream : streams) RETURN_IF_ERROR(stream->ended());
  ASSIGN_OR_RETURN(const double commits_after, Commits());
  const double count = static_cast<double>(all.load());
  sample.extra["commits"] = (commits_after - commits_before) / count;
  sample.extra["KiB written"] =
      static_cast<double>(BytesWrittenBy(watched) - written_before) / 1024 / count;
  return sample;
}

}  // namespace eid::bench
