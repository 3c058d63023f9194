// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/five_steps.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "eid/simulator/v1/simulator_control_service.pb.h"
#include "tools/bench/load/fields.h"
#include "tools/suite/requests.h"

namespace eid::bench {
namespace {

using approval::v1::Case;
using org_registration::v1::Registration;

constexpr char kPut[] = "/eid.simulator.v1.SimulatorControlService/PutOrganization";
constexpr char kCreate[] = "/eid.org_registration.v1.RegistrationService/CreateRegistration";
constexpr char kSubmit[] = "/eid.org_registration.v1.RegistrationService/SubmitRegistration";
constexpr char kWatchOwn[] = "/eid.org_registration.v1.RegistrationService/WatchRegistrations";
constexpr char kWatchCases[] = "/eid.approval.v1.ApprovalService/WatchCases";
constexpr char kClaim[] = "/eid.approval.v1.ApprovalService/ClaimCase";
constexpr char kApprove[] = "/eid.approval.v1.ApprovalService/ApproveCase";
// More than can be filed in a second.
constexpr int kFiledInASecond = 1500;

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

// What a change begins from.
struct Version {
  std::string id;
  std::string etag;
};

// That of the message which a call gave, or why there is none.
absl::StatusOr<Version> VersionIn(const absl::Status& status, const grpc::ByteBuffer& answer,
                                  int id_field, int etag_field) {
  if (!status.ok()) return status;
  const OnePiece message(answer);
  Version version = {.id = std::string(BytesField(message.bytes(), id_field)),
                     .etag = std::string(BytesField(message.bytes(), etag_field))};
  if (version.id.empty() || version.etag.empty()) {
    return absl::InternalError("an answer cannot be read");
  }
  return version;
}

absl::StatusOr<Registration> DraftIn(const absl::Status& status, const grpc::ByteBuffer& answer) {
  ASSIGN_OR_RETURN(Version version,
                   VersionIn(status, answer, Registration::kRegistrationIdFieldNumber,
                             Registration::kEtagFieldNumber));
  Registration draft;
  draft.set_registration_id(std::move(version.id));
  draft.set_etag(std::move(version.etag));
  return draft;
}

absl::StatusOr<Case> CaseIn(const absl::Status& status, const grpc::ByteBuffer& answer) {
  ASSIGN_OR_RETURN(Version version,
                   VersionIn(status, answer, Case::kCaseIdFieldNumber, Case::kEtagFieldNumber));
  Case claimed;
  claimed.set_case_id(std::move(version.id));
  claimed.set_etag(std::move(version.etag));
  return claimed;
}

}  // namespace

const std::vector<std::string>& FiveStepsLoad::Services() {
  static const auto* const names =
      new std::vector<std::string>{"org_registration", "verification", "approval", "identity"};
  return *names;
}

absl::Status FiveStepsLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  return stage_->AdmitApplicants();
}

absl::Status FiveStepsLoad::PutOrganizations(int count) {
  ASSIGN_OR_RETURN(const auto register_caller, stage_->CallerAt("registry_business", "operator"));
  Done next;
  absl::Mutex mutex;
  int left = count - Unfiled();
  absl::Status failure;
  bool ended = false;
  int running = 8;
  next = [&](const absl::Status& status) {
    {
      absl::MutexLock lock(&mutex);
      failure.Update(status);
      if (!failure.ok() || left-- <= 0) {
        ended = --running == 0;
        return;
      }
    }
    simulator::v1::PutOrganizationRequest request;
    *request.mutable_organization() = NextOrganization();
    register_caller->Call(kPut, Bytes(request), "", next);
  };
  for (int i = 0; i < 8; ++i) next(absl::OkStatus());
  absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(&ended));
  return failure;
}

int FiveStepsLoad::Unfiled() {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(creations_.size());
}

registry::v1::OrganizationRecord FiveStepsLoad::NextOrganization() {
  absl::MutexLock lock(&mutex_);
  const uint64_t n = put_++;
  const size_t who = n % stage_->applicants().size();
  const suite::PersonData& person = stage_->applicants()[who]->data();
  auto organization = NthOrganization(n, person);
  creations_.push_back(
      {.request = Bytes(suite::CreationOf(suite::DossierOf(organization, person))), .who = who});
  return organization;
}

absl::StatusOr<FiveStepsLoad::Streams> FiveStepsLoad::Follow() {
  Streams streams;
  const auto channel = stage_->world().gateway();
  streams.push_back(
      std::make_unique<MessageStream>(channel, kWatchCases, bench::Bytes(""), reviewer_,
                                      [this](const grpc::ByteBuffer& bytes) { OnCase(bytes); }));
  for (const std::string& token : tokens_) {
    streams.push_back(std::make_unique<MessageStream>(
        channel, kWatchOwn, bench::Bytes(""), token,
        [this](const grpc::ByteBuffer& bytes) { OnRegistration(bytes); }));
  }
  for (const auto& stream : streams) RETURN_IF_ERROR(stream->WaitOpen());
  return streams;
}

void FiveStepsLoad::Start(Done done) {
  Creation creation;
  {
    absl::MutexLock lock(&mutex_);
    if (!creations_.empty()) {
      creation = std::move(creations_.front());
      creations_.pop_front();
    }
  }
  if (!creation.request.Valid()) {
    return done(absl::OutOfRangeError("no organization is left to file"));
  }
  const std::string& token = tokens_[creation.who];
  stage_->gateway().Ask(
      kCreate, std::move(creation.request), token,
      [this, &token, done = std::move(done)](const absl::Status& status, grpc::ByteBuffer& bytes) {
        const auto draft = DraftIn(status, bytes);
        if (!draft.ok()) return done(draft.status());
        Submit(*draft, token, done);
      });
}

void FiveStepsLoad::Submit(const Registration& draft, const std::string& token, Done done) {
  const std::string id = draft.registration_id();
  {
    // Before it is submitted: its case may be there before the answer is.
    absl::MutexLock lock(&mutex_);
    flows_[id] = {.done = std::move(done)};
  }
  stage_->gateway().Call(kSubmit, Bytes(suite::SubmissionOf(draft)), token,
                         [this, id](const absl::Status& status) {
                           if (!status.ok()) End(id, status);
                         });
}

void FiveStepsLoad::OnCase(const grpc::ByteBuffer& bytes) {
  const OnePiece event(bytes);
  const absl::string_view shown =
      BytesField(event.bytes(), approval::v1::CaseEvent::kCaseFieldNumber);
  if (NumberField(shown, Case::kStateFieldNumber) != Case::STATE_OPEN) return;
  const absl::string_view id = BytesField(shown, Case::kCaseIdFieldNumber);
  {
    absl::MutexLock lock(&mutex_);
    const auto flow = flows_.find(id);
    if (flow == flows_.end() || std::exchange(flow->second.claimed, true)) return;
  }
  Claim(std::string(id));
}

void FiveStepsLoad::Claim(const std::string& id) {
  stage_->gateway().Ask(kClaim, Bytes(suite::ClaimOf(id)), reviewer_,
                        [this, id](const absl::Status& status, grpc::ByteBuffer& bytes) {
                          const auto claimed = CaseIn(status, bytes);
                          if (!claimed.ok()) return End(id, claimed.status());
                          Approve(*claimed);
                        });
}

void FiveStepsLoad::Approve(const Case& claimed) {
  stage_->gateway().Call(kApprove, Bytes(suite::ApprovalOf(claimed, "Đủ điều kiện.")), approver_,
                         [this, id = claimed.case_id()](const absl::Status& status) {
                           if (!status.ok()) End(id, status);
                         });
}

void FiveStepsLoad::OnRegistration(const grpc::ByteBuffer& bytes) {
  const OnePiece event(bytes);
  const absl::string_view shown =
      BytesField(event.bytes(), org_registration::v1::RegistrationEvent::kRegistrationFieldNumber);
  if (NumberField(shown, Registration::kStateFieldNumber) != Registration::STATE_ISSUED) return;
  End(BytesField(shown, Registration::kRegistrationIdFieldNumber), absl::OkStatus());
}

void FiveStepsLoad::End(absl::string_view id, const absl::Status& status) {
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
