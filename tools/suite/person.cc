// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/person.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/crypto/digest.h"
#include "common/crypto/encoding.h"
#include "common/status/macros.h"

namespace eid::suite {
namespace {

using identity::v1::AccountService;
using identity::v1::AuthenticationService;
using org_registration::v1::Registration;
using org_registration::v1::RegistrationService;

void SetDate(google::type::Date& date, const PersonData& data) {
  date.set_year(data.birth_year);
  date.set_month(data.birth_month);
  date.set_day(data.birth_day);
}

// Six digits that are no run and not all the same.
std::string NewPasscode() {
  absl::BitGen random;
  return absl::StrCat(absl::Uniform(random, 10, 99), "4", absl::Uniform(random, 100, 399));
}

// A password of the required kinds of characters.
std::string NewPassword() {
  return absl::StrCat("aB3!", crypto::HexEncode(crypto::RandomBytes(8)));
}

std::string Join(absl::string_view context, absl::string_view a, absl::string_view b) {
  std::string joined(context);
  joined.push_back('\0');
  absl::StrAppend(&joined, a);
  joined.push_back('\0');
  absl::StrAppend(&joined, b);
  return joined;
}

}  // namespace

std::string NewRequestId() { return crypto::HexEncode(crypto::RandomBytes(16)); }

dossier::v1::Representative RepresentativeOf(const PersonData& data, const std::string& position) {
  dossier::v1::Representative representative;
  representative.set_full_name(data.full_name);
  representative.set_personal_id(data.personal_id);
  SetDate(*representative.mutable_birth_date(), data);
  representative.set_position(position);
  return representative;
}

Person::Person(PersonData data, std::shared_ptr<grpc::Channel> gateway, Outside& outside)
    : Person(std::move(data), std::move(gateway), outside,
             {.device = crypto::PrivateKey::Generate(crypto::Algorithm::kEs256),
              .password = NewPassword(),
              .passcode = NewPasscode()}) {}

Person::Person(PersonData data, std::shared_ptr<grpc::Channel> gateway, Outside& outside,
               Secrets secrets)
    : authentication(AuthenticationService::NewStub(gateway)),
      accounts(AccountService::NewStub(gateway)),
      organizations(identity::v1::OrganizationService::NewStub(gateway)),
      officers(identity::v1::OfficerService::NewStub(gateway)),
      registrations(RegistrationService::NewStub(gateway)),
      tracking(org_registration::v1::TrackingService::NewStub(gateway)),
      verifications(verification::v1::VerificationService::NewStub(gateway)),
      cases(approval::v1::ApprovalService::NewStub(gateway)),
      notifications(approval::v1::NotificationService::NewStub(gateway)),
      data_(std::move(data)),
      gateway_(std::move(gateway)),
      outside_(outside),
      secrets_(std::move(secrets)) {}

absl::StatusOr<std::unique_ptr<Person>> Person::AnotherSession() const {
  std::unique_ptr<Person> other(new Person(data_, gateway_, outside_, secrets_));
  other->told_ = told_;
  RETURN_IF_ERROR(other->Login());
  return other;
}

identity::v1::EnrollAccountRequest Person::Enrolment() const {
  identity::v1::EnrollAccountRequest request;
  request.set_request_id(NewRequestId());
  request.set_personal_id(data_.personal_id);
  request.set_full_name(data_.full_name);
  SetDate(*request.mutable_birth_date(), data_);
  request.set_phone(data_.phone);
  return request;
}

absl::StatusOr<identity::v1::Challenge> Person::Challenge(identity::v1::ChallengeKind kind) {
  identity::v1::CreateChallengeRequest request;
  request.set_personal_id(data_.personal_id);
  request.set_kind(kind);
  return Call(*authentication, &AuthenticationService::Stub::CreateChallenge, request,
              {.repeat = true});
}

absl::Status Person::Activate() {
  ASSIGN_OR_RETURN(const identity::v1::Challenge challenge,
                   Challenge(identity::v1::CHALLENGE_KIND_OTP));
  ASSIGN_OR_RETURN(const std::string code, outside_.TakeCode(data_.phone));
  identity::v1::ActivateAccountRequest request;
  request.set_request_id(NewRequestId());
  request.set_personal_id(data_.personal_id);
  request.mutable_proof()->set_challenge_id(challenge.challenge_id());
  request.mutable_proof()->set_code(code);
  request.set_password(secrets_.password);
  request.set_passcode(secrets_.passcode);
  request.set_device_public_key(secrets_.device.Public().Spki());
  return Call(*accounts, &AccountService::Stub::ActivateAccount, request, {.repeat = true})
      .status();
}

absl::Status Person::LoginWith(const identity::v1::Factor& second) {
  identity::v1::LoginRequest request;
  request.set_personal_id(data_.personal_id);
  request.add_factors()->set_password(secrets_.password);
  *request.add_factors() = second;
  ASSIGN_OR_RETURN(identity::v1::Session session,
                   Call(*authentication, &AuthenticationService::Stub::Login, request));
  Take(std::move(session));
  return absl::OkStatus();
}

absl::Status Person::Login() {
  ASSIGN_OR_RETURN(const identity::v1::Challenge challenge,
                   Challenge(identity::v1::CHALLENGE_KIND_DEVICE_SIGNATURE));
  identity::v1::Factor factor;
  factor.mutable_device_signature()->set_challenge_id(challenge.challenge_id());
  ASSIGN_OR_RETURN(
      *factor.mutable_device_signature()->mutable_signature(),
      secrets_.device.Sign(Join("eid-login-v1", challenge.challenge_id(), challenge.nonce())));
  return LoginWith(factor);
}

absl::Status Person::LoginWithCode() {
  ASSIGN_OR_RETURN(const identity::v1::Challenge challenge,
                   Challenge(identity::v1::CHALLENGE_KIND_OTP));
  ASSIGN_OR_RETURN(const std::string code, outside_.TakeCode(data_.phone));
  identity::v1::Factor factor;
  factor.mutable_one_time_code()->set_challenge_id(challenge.challenge_id());
  factor.mutable_one_time_code()->set_code(code);
  return LoginWith(factor);
}

absl::Status Person::ActAs(const std::string& organization_id) {
  identity::v1::ActAsRequest request;
  request.set_organization_id(organization_id);
  ASSIGN_OR_RETURN(identity::v1::Session session,
                   Do(*authentication, &AuthenticationService::Stub::ActAs, request));
  if (session.refresh_token().empty()) session.set_refresh_token(session_.refresh_token());
  Take(std::move(session));
  return absl::OkStatus();
}

absl::Status Person::KeepLoggedIn() {
  const absl::Time expires = absl::FromUnixSeconds(session_.access_expire_time().seconds());
  if (expires - absl::Now() > absl::Minutes(1)) return absl::OkStatus();
  identity::v1::RefreshTokenRequest request;
  request.set_refresh_token(session_.refresh_token());
  ASSIGN_OR_RETURN(
      identity::v1::Session session,
      Call(*authentication, &AuthenticationService::Stub::RefreshToken, request, {.repeat = true}));
  Take(std::move(session));
  return absl::OkStatus();
}

void Person::Take(identity::v1::Session session) {
  session_ = std::move(session);
  if (told_) told_(session_);
}

void Person::OnTokens(std::function<void(const identity::v1::Session&)> told) {
  told_ = std::move(told);
  told_(session_);
}

absl::StatusOr<org_registration::v1::ConsentToRegistrationRequest> Person::Consent(
    const Registration& registration) const {
  org_registration::v1::ConsentToRegistrationRequest request;
  request.set_request_id(NewRequestId());
  request.set_registration_id(registration.registration_id());
  request.set_dossier_digest(registration.dossier_digest());
  request.set_public_key(secrets_.device.Public().Spki());
  ASSIGN_OR_RETURN(*request.mutable_signature(),
                   secrets_.device.Sign(Join("eid-consent-v1", registration.registration_id(),
                                             registration.dossier_digest())));
  return request;
}

absl::StatusOr<Registration> Person::WaitFor(const std::string& registration_id,
                                             const std::vector<Registration::State>& states,
                                             absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  org_registration::v1::GetRegistrationRequest get;
  get.set_registration_id(registration_id);
  Registration last;
  for (int streams = 0; absl::Now() < deadline; ++streams) {
    RETURN_IF_ERROR(KeepLoggedIn());
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    context.set_wait_for_ready(true);
    context.AddMetadata("authorization", "Bearer " + token());
    const auto stream = registrations->WatchRegistrations(&context, {});
    org_registration::v1::RegistrationEvent event;
    // The stream begins with a heartbeat: whatever changes after it is seen on it, so the state is
    // read once, and then after each change.
    while (stream->Read(&event)) {
      ASSIGN_OR_RETURN(last, Do(*registrations, &RegistrationService::Stub::GetRegistration, get));
      if (std::count(states.begin(), states.end(), last.state()) > 0) return last;
    }
    context.TryCancel();
    WaitBeforeRepeat(streams);
  }
  return absl::DeadlineExceededError(
      absl::StrCat("registration is still ", Registration::State_Name(last.state()), " after ",
                   absl::FormatDuration(patience), "; last problem: ", last.last_problem()));
}

}  // namespace eid::suite
