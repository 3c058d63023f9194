// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/registrations.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "tools/bench/core/nginx.h"
#include "tools/bench/frame/closed_loop.h"
#include "tools/suite/requests.h"

namespace eid::bench {
namespace {

using org_registration::v1::RegistrationService;

constexpr char kCreate[] = "/eid.org_registration.v1.RegistrationService/CreateRegistration";
constexpr char kGet[] = "/eid.org_registration.v1.RegistrationService/GetRegistration";
constexpr char kIntrospect[] = "/eid.identity.v1.AuthenticationService/IntrospectToken";
constexpr char kReader[] = "bench-reader";

}  // namespace

absl::Status CreateLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  org_registration::v1::CreateRegistrationRequest request;
  *request.mutable_dossier() = stage_->dossier();
  request_ = request.SerializeAsString();
  return absl::OkStatus();
}

void CreateLoad::MintTokens(absl::Duration duration) {
  const double most = absl::ToDoubleSeconds(duration + WarmUpOf(duration)) * kMostASecond;
  absl::MutexLock lock(&mutex_);
  // Those that are left may be old.
  tokens_.clear();
  files_ = 0;
  while (static_cast<double>(tokens_.size() * kFilesOfOne) < most) {
    tokens_.push_back(stage_->mint().TokenOf(absl::StrCat("bench-applicant-", ++applicants_)));
  }
}

absl::StatusOr<std::string> CreateLoad::TokenOfNext() {
  absl::MutexLock lock(&mutex_);
  const size_t who = files_++ / kFilesOfOne;
  if (who >= tokens_.size()) return absl::OutOfRangeError("no applicant is left");
  return tokens_[who];
}

absl::StatusOr<Sample> CreateLoad::Run(int in_flight, absl::Duration duration) {
  // Signing them is identity's work, not the caller's.
  MintTokens(duration);
  return RunClosedLoop(
      stage_->Processes({"gateway", "org_registration"}), in_flight, duration, [this](Done done) {
        const absl::StatusOr<std::string> token = TokenOfNext();
        if (!token.ok()) return done(token.status());
        stage_->gateway().Call(kCreate, Bytes(request_, FirstField(suite::NewRequestId())), *token,
                               std::move(done));
      });
}

absl::Status GetLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  const auto stub = RegistrationService::NewStub(stage_->world().gateway());
  ASSIGN_OR_RETURN(const org_registration::v1::Registration made,
                   suite::Call(*stub, &RegistrationService::Stub::CreateRegistration,
                               suite::CreationOf(stage_->dossier()),
                               {.token = stage_->mint().TokenOf(kReader)}));
  org_registration::v1::GetRegistrationRequest get;
  get.set_registration_id(made.registration_id());
  request_ = get.SerializeAsString();
  RETURN_IF_ERROR(CheckSize("a GetRegistrationRequest", request_.size(), kRequestBytes));
  ASSIGN_OR_RETURN(const size_t answer,
                   AnswerBytes(stage_->gateway(), kGet, request_, stage_->mint().TokenOf(kReader)));
  return CheckSize("the answer to GetRegistration", answer, kAnswerBytes);
}

std::string GetLoad::name() const {
  return front_ == Front::kGateway ? "GetRegistration" : "GetRegistration, nginx before it";
}

absl::StatusOr<Sample> GetLoad::Run(int in_flight, absl::Duration duration) {
  const std::string token = stage_->mint().TokenOf(kReader);
  std::unique_ptr<Nginx> nginx;
  std::unique_ptr<Caller> at_nginx;
  Caller* caller = &stage_->gateway();
  Watched watched = stage_->Processes({"gateway", "org_registration"});
  if (front_ == Front::kNginx) {
    ASSIGN_OR_RETURN(nginx, Nginx::Start(stage_->context(), stage_->WayTo("org_registration")));
    ASSIGN_OR_RETURN(at_nginx, MakeCaller(nginx->peer()));
    caller = at_nginx.get();
    watched = stage_->Processes({"org_registration"});
    for (const pid_t pid : nginx->pids()) watched.pids.push_back(pid);
  }
  return RunClosedLoop(watched, in_flight, duration, [&](Done done) {
    caller->Call(kGet, Bytes(request_), token, std::move(done));
  });
}

absl::Status IntrospectLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  ASSIGN_OR_RETURN(caller_, stage_->CallerAt("identity", "org_registration"));
  ASSIGN_OR_RETURN(person_, stage_->world().reviewer().AnotherSession());
  const std::string request = Request();
  RETURN_IF_ERROR(CheckSize("an IntrospectTokenRequest", request.size(), kRequestBytes));
  ASSIGN_OR_RETURN(const size_t answer, AnswerBytes(*caller_, kIntrospect, request, ""));
  return CheckSize("the answer to IntrospectToken", answer, kAnswerBytes);
}

std::string IntrospectLoad::Request() const {
  identity::v1::IntrospectTokenRequest request;
  request.set_token(person_->token());
  return request.SerializeAsString();
}

absl::StatusOr<Sample> IntrospectLoad::Run(int in_flight, absl::Duration duration) {
  RETURN_IF_ERROR(person_->KeepLoggedIn());
  const std::string bytes = Request();
  return RunClosedLoop(stage_->Processes({"identity"}), in_flight, duration, [&](Done done) {
    caller_->Call(kIntrospect, Bytes(bytes), "", std::move(done));
  });
}

}  // namespace eid::bench
