// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/applicant.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/codes/tax_code.h"
#include "common/status/macros.h"
#include "tools/suite/client.h"

namespace eid::integration {
namespace {

using org_registration::v1::Registration;
using org_registration::v1::RegistrationService;

// A program may be away, come back, and be away again.
constexpr absl::Duration kPatience = absl::Seconds(90);
constexpr absl::Duration kStream = absl::Seconds(4);

// The next tax code that nobody has: of a province that the seed does not know.
std::string NextTaxCode() {
  static std::atomic<int> last = 1'000'000;
  for (;;) {
    const std::string base = absl::StrCat("37", ++last);
    if (const auto digit = codes::TaxCodeCheckDigit(base)) return absl::StrCat(base, *digit);
  }
}

}  // namespace

Load::Applicant::Applicant(suite::World& world, suite::Person& person, AskOfficers ask,
                           History& history, uint64_t seed)
    : world_(world), person_(person), ask_(std::move(ask)), history_(history), random_(seed) {}

void Load::Applicant::Run(const std::atomic<bool>& stopping) {
  while (!stopping) {
    if (absl::Status status = TakeOneThrough(); !status.ok()) {
      history_.Fail("an applicant did not get through", status);
      return;
    }
  }
}

absl::StatusOr<dossier::v1::Dossier> Load::Applicant::NewOrganization() {
  const std::string code = NextTaxCode();
  registry::v1::OrganizationRecord record;
  record.set_category(dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE);
  record.mutable_names()->set_vietnamese(absl::StrCat("Công ty TNHH Bền Bỉ ", code));
  record.mutable_establishment_date()->set_year(2020);
  record.mutable_establishment_date()->set_month(2);
  record.mutable_establishment_date()->set_day(29);
  record.mutable_head_office()->set_street("Số 1 đường Ví Dụ");
  record.mutable_head_office()->set_commune("Phường Mây Trắng");
  record.mutable_head_office()->set_province("Thành phố Hà Nội");
  record.mutable_head_office()->set_province_code("01");
  record.set_tax_code(code);
  record.set_business_code(code);
  record.set_state(registry::v1::ORGANIZATION_RECORD_STATE_ACTIVE);
  auto& representative = *record.add_representatives();
  representative.set_full_name(person_.data().full_name);
  representative.set_document_kind(registry::v1::REGISTERED_DOCUMENT_KIND_PERSONAL_ID);
  representative.set_document_number(person_.data().personal_id);
  RETURN_IF_ERROR(world_.outside().PutOrganization(record));
  return suite::DossierOf(record, person_.data());
}

absl::StatusOr<Registration> Load::Applicant::Submit(const Registration& draft) {
  org_registration::v1::SubmitRegistrationRequest submit;
  submit.set_request_id(suite::NewRequestId());
  submit.set_registration_id(draft.registration_id());
  submit.set_etag(draft.etag());
  submit.set_declaration_accepted(true);
  return Do(*person_.registrations, &RegistrationService::Stub::SubmitRegistration, submit);
}

absl::Status Load::Applicant::Correct(const std::string& id, const std::string& right_name) {
  org_registration::v1::SupplementItem item;
  item.set_field("names.vietnamese");
  item.mutable_message()->set_vi("Tên chưa đúng.");
  RETURN_IF_ERROR(ask_([&](suite::Person& reviewer, suite::Person&) {
    return suite::SendBack(reviewer, id, {item}).status();
  }));
  RETURN_IF_ERROR(
      person_.WaitFor(id, {Registration::STATE_SUPPLEMENT_REQUIRED}, kPatience).status());
  history_.Answered();
  org_registration::v1::SupplementRegistrationRequest supplement;
  supplement.set_request_id(suite::NewRequestId());
  supplement.set_registration_id(id);
  supplement.mutable_dossier()->mutable_names()->set_vietnamese(right_name);
  supplement.mutable_update_mask()->add_paths("names.vietnamese");
  RETURN_IF_ERROR(
      Do(*person_.registrations, &RegistrationService::Stub::SupplementRegistration, supplement)
          .status());
  return person_.WaitFor(id, {Registration::STATE_UNDER_REVIEW}, kPatience).status();
}

absl::Status Load::Applicant::EndRefused(const std::string& id, Ended& ended) {
  RETURN_IF_ERROR(ask_([&](suite::Person& reviewer, suite::Person& approver) {
    type::v1::LocalizedText explanation;
    explanation.set_vi("Không đủ điều kiện.");
    return suite::Refuse(reviewer, approver, id, approval::v1::REFUSAL_REASON_NOT_ELIGIBLE,
                         explanation)
        .status();
  }));
  ASSIGN_OR_RETURN(const Registration refused,
                   person_.WaitFor(id, {Registration::STATE_REJECTED}, kPatience));
  if (refused.refusal().reason() != "NOT_ELIGIBLE" || !refused.organization_id().empty()) {
    history_.Fail(absl::StrCat(id, " was refused for another reason, or not at all"));
  }
  ended.file_code = refused.file_code();
  return absl::OkStatus();
}

absl::Status Load::Applicant::EndGranted(const std::string& id, Ended& ended) {
  RETURN_IF_ERROR(ask_([&](suite::Person& reviewer, suite::Person& approver) {
    return suite::Approve(reviewer, approver, id, "").status();
  }));
  history_.Answered();
  ASSIGN_OR_RETURN(const Registration issued,
                   person_.WaitFor(id, {Registration::STATE_ISSUED}, kPatience));
  identity::v1::ActivateOrganizationRequest activate;
  activate.set_request_id(suite::NewRequestId());
  activate.set_organization_id(issued.organization_id());
  RETURN_IF_ERROR(Do(*person_.organizations,
                     &identity::v1::OrganizationService::Stub::ActivateOrganization, activate)
                      .status());
  ended.file_code = issued.file_code();
  ended.organization_id = issued.organization_id();
  return absl::OkStatus();
}

absl::Status Load::Applicant::TakeOneThrough() {
  const bool corrected = std::bernoulli_distribution(0.2)(random_);
  const bool refused = std::bernoulli_distribution(0.15)(random_);
  org_registration::v1::CreateRegistrationRequest create;
  create.set_request_id(suite::NewRequestId());
  ASSIGN_OR_RETURN(*create.mutable_dossier(), NewOrganization());
  const std::string right_name = create.dossier().names().vietnamese();
  if (corrected) {
    create.mutable_dossier()->mutable_names()->set_vietnamese("Công ty TNHH Viết Nhầm");
  }
  ASSIGN_OR_RETURN(
      const Registration created,
      Do(*person_.registrations, &RegistrationService::Stub::CreateRegistration, create));
  const std::string& id = created.registration_id();
  history_.Created(person_.account_id(), id);
  ASSIGN_OR_RETURN(const Registration submitted, Submit(created));
  RETURN_IF_ERROR(person_.WaitFor(id, {Registration::STATE_UNDER_REVIEW}, kPatience).status());
  history_.Answered();
  Ended ended = {.applicant_account_id = person_.account_id(), .registration_id = id};
  if (corrected) {
    ended.submissions = 2;
    RETURN_IF_ERROR(Correct(id, right_name));
  }
  RETURN_IF_ERROR(refused ? EndRefused(id, ended) : EndGranted(id, ended));
  history_.Answered();
  if (ended.file_code != submitted.file_code()) {
    history_.Fail(absl::StrCat(id, " has another file code than at first"));
  }
  history_.Completed(ended);
  return absl::OkStatus();
}

Load::Follower::Follower(suite::World& world, suite::Person& person, std::string token,
                         History& history)
    : registrations_(RegistrationService::NewStub(world.gateway())),
      account_id_(person.account_id()),
      token_(std::move(token)),
      history_(history) {}

bool Load::Follower::SawAll() const {
  for (const Ended& ended : history_.completed()) {
    if (ended.applicant_account_id != account_id_) continue;
    const auto found = seen_.find(ended.registration_id);
    const auto last =
        ended.organization_id.empty() ? Registration::STATE_REJECTED : Registration::STATE_ISSUED;
    if (found == seen_.end() || found->second.second != last) return false;
  }
  return true;
}

absl::Status Load::Follower::Follow() {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kStream));
  context.set_wait_for_ready(true);
  context.AddMetadata("authorization", "Bearer " + token_);
  org_registration::v1::WatchRegistrationsRequest request;
  request.set_resume_token(resume_token_);
  const auto stream = registrations_->WatchRegistrations(&context, request);
  org_registration::v1::RegistrationEvent event;
  while (stream->Read(&event)) {
    resume_token_ = event.resume_token();
    if (!event.has_registration()) continue;
    const Registration& now = event.registration();
    // The states of one submission only rise; the stream may pass over some of them.
    const auto place = std::make_pair(now.submission_number(), now.state());
    auto& last = seen_[now.registration_id()];
    if (place < last) {
      history_.Fail(absl::StrCat(now.registration_id(), " went back from ",
                                 Registration::State_Name(last.second), " to ",
                                 Registration::State_Name(now.state())));
    }
    last = place;
  }
  const grpc::Status status = stream->Finish();
  return suite::IsAway(status) ? absl::UnavailableError(status.error_message())
                               : rpc::FromGrpc(status);
}

void Load::Follower::Run(const std::atomic<bool>& ended) {
  absl::Time last_chance = absl::InfiniteFuture();
  for (int failures = 0; !ended || !SawAll();) {
    if (ended && last_chance == absl::InfiniteFuture()) last_chance = absl::Now() + kPatience / 3;
    if (absl::Now() > last_chance) {
      history_.Fail("the stream of changes has not shown every registration's end");
      return;
    }
    const absl::Status status = Follow();
    if (status.code() == absl::StatusCode::kDeadlineExceeded) {
      failures = 0;
    } else if (status.code() == absl::StatusCode::kUnavailable) {
      suite::WaitBeforeRepeat(failures++);
    } else {
      history_.Fail("a stream ended otherwise than a client expects", status);
      return;
    }
  }
}

}  // namespace eid::integration
