// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/logins.h"

#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/crypto/password.h"
#include "common/status/macros.h"
#include "eid/identity/v1/account_service.pb.h"
#include "eid/identity/v1/authentication_service.pb.h"

namespace eid::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kLogin[] = "/eid.identity.v1.AuthenticationService/Login";
constexpr char kGetAccount[] = "/eid.identity.v1.AccountService/GetAccount";

// The people take turns.
class Turns {
 public:
  explicit Turns(Stage& stage) : stage_(stage) {
    for (const auto& person : stage.applicants()) {
      identity::v1::LoginRequest request;
      request.set_personal_id(person->data().personal_id);
      request.add_factors()->set_password(person->password());
      requests_.push_back(request.SerializeAsString());
    }
  }
  void Start(Done done) {
    const std::string& request = requests_[next_++ % requests_.size()];
    stage_.gateway().Call(kLogin, Bytes(request), "", std::move(done));
  }

 private:
  Stage& stage_;
  std::vector<std::string> requests_;
  std::atomic<size_t> next_ = 0;
};

// Keeps logins under way from its construction to its end.
class Logins {
 public:
  Logins(Stage& stage, int in_flight) : turns_(stage), running_(in_flight) {
    for (int i = 0; i < in_flight; ++i) turns_.Start(next_);
  }
  ~Logins() { Stop().IgnoreError(); }

  // That ended well.
  uint64_t count() const { return count_; }
  // Waits for the last one; the first error of any.
  absl::Status Stop() {
    stopping_ = true;
    absl::MutexLock lock(&mutex_);
    const auto over = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return running_ == 0; };
    mutex_.Await(absl::Condition(&over));
    return failure_;
  }

 private:
  void Next(const absl::Status& status) {
    if (status.ok()) ++count_;
    if (status.ok() && !stopping_) return turns_.Start(next_);
    absl::MutexLock lock(&mutex_);
    failure_.Update(status);
    --running_;
  }

  Turns turns_;
  const Done next_ = [this](const absl::Status& status) { Next(status); };
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> count_ = 0;
  absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::string LoginLoad::name() const {
  const crypto::PasswordParams params;
  return absl::StrCat("Login, Argon2id m=", params.memory_kib / 1024, " MiB t=", params.iterations,
                      " p=1");
}

absl::Status LoginLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  return stage_->AdmitApplicants();
}

absl::StatusOr<Sample> LoginLoad::Run(int in_flight, absl::Duration duration) {
  Turns turns(*stage_);
  return RunClosedLoop(stage_->Processes({"gateway", "identity"}), in_flight, duration,
                       [&](Done done) { turns.Start(std::move(done)); });
}

std::string ReadLoad::name() const {
  if (logins_ == 0) return "GetAccount, idle";
  return absl::StrCat("GetAccount, ", logins_, " logins hashing");
}

absl::Status ReadLoad::Prepare() {
  RETURN_IF_ERROR(stage_->Ensure());
  return stage_->AdmitApplicants();
}

absl::StatusOr<Sample> ReadLoad::Run(int in_flight, absl::Duration duration) {
  // Not one of those who log in: of a person's sessions only the latest live.
  suite::Person& person = stage_->world().intake();
  RETURN_IF_ERROR(person.Login());
  identity::v1::GetAccountRequest request;
  request.set_account_id(person.account_id());
  const std::string bytes = request.SerializeAsString();
  Logins logins(*stage_, logins_);
  const auto begin = SteadyClock::now();
  Sample sample = RunClosedLoop(
      stage_->Processes({"gateway", "identity"}), in_flight, duration, [&](Done done) {
        stage_->gateway().Call(kGetAccount, Bytes(bytes), person.token(), std::move(done));
      });
  const std::chrono::duration<double> took = SteadyClock::now() - begin;
  const auto ended = static_cast<double>(logins.count());
  RETURN_IF_ERROR(logins.Stop());
  if (logins_ == 0) return sample;
  if (ended == 0) return absl::InternalError("no login ended: nothing was hashed beside the reads");
  sample.extra["logins/s"] = ended / took.count();
  return sample;
}

}  // namespace eid::bench
