// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/filing.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/keys.h"
#include "common/kv/key.h"
#include "common/status/status.h"
#include "eid/org_registration/v1/errors.pb.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/org_registration/admission.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/documents.h"
#include "services/org_registration/dossier.h"
#include "services/org_registration/saving.h"
#include "services/org_registration/store.h"
#include "services/org_registration/validate.h"

namespace eid::org_registration {
namespace {

using v1::Registration;

template <class Request>
kv::RequestKey KeyOf(const rpc::Call& call, const Request& request) {
  return {.scope = kv::KeyOf(call.CallerId(), call.method),
          .request_id = request.request_id(),
          .digest = kv::DigestOf(request)};
}

// The request, its dossier canonical. What is digested for a repetition is the request as it came.
template <class Request>
Request Tidied(const Request& request) {
  Request tidy = request;
  MakeCanonical(*tidy.mutable_dossier());
  return tidy;
}

// NOT_FOUND for what is somebody else's, as for what is not there.
absl::StatusOr<RegistrationRow> Own(const kv::Reader& reader, absl::string_view account_id,
                                    absl::string_view registration_id) {
  absl::StatusOr<RegistrationRow> row = Registrations().Get(reader, kv::KeyOf(registration_id));
  if (absl::IsNotFound(row.status())) return NotFound();
  RETURN_IF_ERROR(row.status());
  if (row->registration().applicant_account_id() != account_id) return NotFound();
  RETURN_IF_ERROR(Unpack(*row));
  return row;
}

// Writes a change that people see, and gives what they see. Nothing is left of the row.
absl::StatusOr<Registration> Stored(kv::Txn& txn, RegistrationRow& row) {
  const absl::Status put = Publish(txn, row);
  if (absl::IsAlreadyExists(put) && kv::ViolatedIndex(put) == kOrganizationIndex) {
    return AlreadyRegistered();
  }
  RETURN_IF_ERROR(put);
  return ViewOf(std::move(row));
}

bool IsForWorkflow(const RegistrationRow& row) {
  return row.registration().state() == Registration::STATE_VERIFYING || row.close_case_pending();
}

// The signature, by the device that the caller's account is bound to.
absl::Status CheckSignature(const rpc::Call& call,
                            const v1::ConsentToRegistrationRequest& request) {
  if (call.claims == nullptr || call.claims->device_key().empty()) {
    return WithPrecondition(
        Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_DEVICE_NOT_BOUND,
              "The caller's account has no bound device."),
        "DEVICE", call.account_id(), "Bind a device to the account.");
  }
  ASSIGN_OR_RETURN(const crypto::PublicKey key, crypto::PublicKey::FromSpki(request.public_key()));
  if (key.Fingerprint() == call.claims->device_key() &&
      key.Verify(ConsentStatement(request.registration_id(), request.dossier_digest()),
                 request.signature())) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SIGNATURE_INVALID,
               "The signature is not one of the caller's bound device over this dossier.");
}

}  // namespace

std::string ConsentStatement(absl::string_view registration_id, absl::string_view dossier_digest) {
  constexpr absl::string_view kZero("\0", 1);
  return absl::StrCat("eid-consent-v1", kZero, registration_id, kZero, dossier_digest);
}

void Filing::Create(const rpc::Call& call, const v1::CreateRegistrationRequest& request,
                    Reply reply) {
  v1::CreateRegistrationRequest tidy = Tidied(request);
  const absl::Time now = clock_.TimeNow();
  absl::Status valid = Validate(tidy, DayOf(now));
  if (!valid.ok()) return reply(valid);
  kv::Mutate<Registration>(
      db_, KeyOf(call, request),
      [this,
       row = Draft(ids_.NewId(), std::string(call.account_id()), std::move(*tidy.mutable_dossier()),
                   At(now))](kv::Txn& txn) mutable -> absl::StatusOr<Registration> {
        Begin(row, At(txn.time()));
        return Stored(txn, row);
      },
      std::move(reply), call.deadline);
}

void Filing::ChangeOwn(const rpc::Call& call, kv::RequestKey key,
                       const std::string& registration_id, const std::string& etag, Change change,
                       Reply reply) {
  auto hands_over = std::make_shared<bool>(false);
  kv::Mutate<Registration>(
      db_, std::move(key),
      [this, account = std::string(call.account_id()), registration_id, etag, hands_over,
       change = std::move(change)](kv::Txn& txn) mutable -> absl::StatusOr<Registration> {
        ASSIGN_OR_RETURN(RegistrationRow row, Own(txn, account, registration_id));
        RETURN_IF_ERROR(CheckEtag(row, etag));
        ASSIGN_OR_RETURN(const bool changed, change(txn, row, At(txn.time())));
        if (!changed) return ViewOf(std::move(row));
        *hands_over = IsForWorkflow(row);
        return Stored(txn, row);
      },
      Telling(hands_over, std::move(reply)), call.deadline);
}

Filing::Reply Filing::Telling(HandsOver hands_over, Reply reply) const {
  return Reply([this, hands_over = std::move(hands_over),
                reply = std::move(reply)](absl::StatusOr<Registration> answer) {
    if (answer.ok() && *hands_over && options_.hand_over) {
      options_.hand_over(answer->registration_id());
    }
    reply(std::move(answer));
  });
}

void Filing::Update(const rpc::Call& call, const v1::UpdateRegistrationRequest& request,
                    Reply reply) {
  v1::UpdateRegistrationRequest tidy = Tidied(request);
  absl::Status valid = Validate(tidy, DayOf(clock_.TimeNow()));
  if (!valid.ok()) return reply(valid);
  ChangeOwn(
      call, KeyOf(call, request), request.registration_id(), request.etag(),
      [tidy = std::move(tidy)](kv::Txn&, RegistrationRow& row, const Moment& moment) {
        return org_registration::Update(row, tidy.update_mask(), tidy.dossier(), moment);
      },
      std::move(reply));
}

void Filing::Withdraw(const rpc::Call& call, const v1::WithdrawRegistrationRequest& request,
                      Reply reply) {
  absl::Status valid = Validate(request);
  if (!valid.ok()) return reply(valid);
  ChangeOwn(
      call, KeyOf(call, request), request.registration_id(), request.etag(),
      [](kv::Txn&, RegistrationRow& row, const Moment& moment) {
        return org_registration::Withdraw(row, moment);
      },
      std::move(reply));
}

// The probe of a request that needs identity's word before its transaction: its body always ends in
// an error, so nothing is written.
void Filing::IfUnanswered(const rpc::Call& call, kv::RequestKey key, Check check, Reply reply,
                          absl::AnyInvocable<void()> next) {
  auto passed = std::make_shared<bool>(false);
  kv::Mutate<Registration>(
      db_, std::move(key),
      [passed, check = std::move(check)](kv::Txn& txn) mutable -> absl::StatusOr<Registration> {
        RETURN_IF_ERROR(check(txn));
        *passed = true;
        return absl::CancelledError("not answered before");
      },
      [passed, reply = std::move(reply),
       next = std::move(next)](absl::StatusOr<Registration> answer) mutable {
        if (*passed) return next();
        reply(std::move(answer));
      },
      call.deadline);
}

struct Filing::Asking {
  rpc::Call call;
  kv::RequestKey key;
  std::string registration_id;
  std::string etag;
  ChangeBy change;
  Reply reply;
};

// Who the applicant is now is asked between two transactions. The first refuses what is wrong
// already and finds the answer of a repeated request; the second checks all anew.
void Filing::AskAndChangeOwn(const rpc::Call& call, kv::RequestKey key,
                             const std::string& registration_id, const std::string& etag,
                             Check check, ChangeBy change, Reply reply) {
  auto asking =
      std::make_shared<Asking>(Asking{call, key, registration_id, etag, std::move(change), reply});
  IfUnanswered(call, std::move(key), std::move(check), std::move(reply), [this, asking] {
    persons_.Ask(asking->call, [this, asking](absl::StatusOr<Person> person) {
      if (!person.ok()) return asking->reply(person.status());
      ChangeOwn(
          asking->call, std::move(asking->key), asking->registration_id, asking->etag,
          [asking, person = *std::move(person)](kv::Txn& txn, RegistrationRow& row,
                                                const Moment& moment) -> absl::StatusOr<bool> {
            RETURN_IF_ERROR(asking->change(person, txn, row, moment));
            return true;
          },
          asking->reply);
    });
  });
}

absl::StatusOr<RegistrationRow> Filing::Submittable(const kv::Reader& reader,
                                                    absl::string_view account_id,
                                                    absl::string_view registration_id,
                                                    absl::string_view etag) const {
  ASSIGN_OR_RETURN(RegistrationRow row, Own(reader, account_id, registration_id));
  RETURN_IF_ERROR(CheckEtag(row, etag));
  RETURN_IF_ERROR(CheckSubmission(row.registration(), At(clock_.TimeNow())));
  return row;
}

void Filing::Submit(const rpc::Call& call, const v1::SubmitRegistrationRequest& request,
                    Reply reply) {
  absl::Status valid = Validate(request);
  if (!valid.ok()) return reply(valid);
  if (request.validate_only()) return CheckOnly(call, request, std::move(reply));
  AskAndChangeOwn(
      call, KeyOf(call, request), request.registration_id(), request.etag(),
      [this, account = std::string(call.account_id()), id = request.registration_id(),
       etag = request.etag()](const kv::Reader& reader) {
        return Submittable(reader, account, id, etag).status();
      },
      [this](const Person& person, kv::Txn& txn, RegistrationRow& row,
             const Moment& moment) -> absl::Status {
        RETURN_IF_ERROR(CheckSubmission(row.registration(), moment));
        RETURN_IF_ERROR(CheckApplicant(row.registration().dossier(), person));
        RETURN_IF_ERROR(CheckUnique(txn, row));
        RETURN_IF_ERROR(GiveFileCode(txn, row));
        org_registration::Submit(row, moment);
        return absl::OkStatus();
      },
      std::move(reply));
}

void Filing::Supplement(const rpc::Call& call, const v1::SupplementRegistrationRequest& request,
                        Reply reply) {
  // Both transactions look at it.
  const auto tidy = std::make_shared<const v1::SupplementRegistrationRequest>(Tidied(request));
  absl::Status valid = Validate(*tidy, DayOf(clock_.TimeNow()));
  if (!valid.ok()) return reply(valid);
  AskAndChangeOwn(
      call, KeyOf(call, request), request.registration_id(), request.etag(),
      [this, account = std::string(call.account_id()),
       tidy](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const RegistrationRow row, Own(reader, account, tidy->registration_id()));
        RETURN_IF_ERROR(CheckEtag(row, tidy->etag()));
        return Supplemented(row, tidy->update_mask(), tidy->dossier(), At(clock_.TimeNow()))
            .status();
      },
      [tidy](const Person& person, kv::Txn& txn, RegistrationRow& row,
             const Moment& moment) -> absl::Status {
        ASSIGN_OR_RETURN(dossier::v1::Dossier dossier,
                         Supplemented(row, tidy->update_mask(), tidy->dossier(), moment));
        RETURN_IF_ERROR(CheckApplicant(dossier, person));
        org_registration::Supplement(row, std::move(dossier), moment);
        return CheckUnique(txn, row);
      },
      std::move(reply));
}

void Filing::CheckOnly(const rpc::Call& call, const v1::SubmitRegistrationRequest& request,
                       Reply reply) {
  absl::StatusOr<RegistrationRow> row =
      Submittable(*db_.Read(), call.account_id(), request.registration_id(), request.etag());
  if (!row.ok()) return reply(row.status());
  persons_.Ask(call, [this, row = *std::move(row), reply](absl::StatusOr<Person> person) mutable {
    if (!person.ok()) return reply(person.status());
    absl::Status may = CheckApplicant(row.registration().dossier(), *person);
    if (!may.ok()) return reply(may);
    absl::Status unique = CheckUnique(*db_.Read(), row);
    if (!unique.ok()) return reply(unique);
    reply(ViewOf(std::move(row)));
  });
}

void Filing::Consent(const rpc::Call& call, const v1::ConsentToRegistrationRequest& request,
                     Reply reply) {
  absl::Status valid = Validate(request);
  if (!valid.ok()) return reply(valid);
  valid = CheckSignature(call, request);
  if (!valid.ok()) return reply(valid);
  const kv::RequestKey key = KeyOf(call, request);
  if (const auto number = persons_.Remembered(call)) {
    return StoreConsent(call, key, request, *number, std::move(reply));
  }
  const auto no_check = [](const kv::Reader&) { return absl::OkStatus(); };
  IfUnanswered(call, key, no_check, reply, [this, call, request, key, reply] {
    persons_.NumberOf(call, [this, call, request, key, reply](absl::StatusOr<std::string> number) {
      if (!number.ok()) return reply(number.status());
      StoreConsent(call, key, request, *number, reply);
    });
  });
}

void Filing::StoreConsent(const rpc::Call& call, kv::RequestKey key,
                          const v1::ConsentToRegistrationRequest& request,
                          const std::string& personal_id, Reply reply) {
  dossier::v1::Consent consent;
  consent.set_account_id(std::string(call.account_id()));
  consent.set_dossier_digest(request.dossier_digest());
  consent.set_public_key(request.public_key());
  consent.set_signature(request.signature());
  auto hands_over = std::make_shared<bool>(false);
  kv::Mutate<Registration>(
      db_, std::move(key),
      [this, id = request.registration_id(), personal_id, hands_over,
       consent = std::move(consent)](kv::Txn& txn) mutable -> absl::StatusOr<Registration> {
        absl::StatusOr<RegistrationRow> row = Registrations().Get(txn, kv::KeyOf(id));
        if (absl::IsNotFound(row.status())) return NotFound();
        RETURN_IF_ERROR(row.status());
        RETURN_IF_ERROR(Unpack(*row));
        const Registration& registration = row->registration();
        const std::optional<int> index = ConsenterIndex(registration.dossier(), personal_id);
        const bool shown = index.has_value() && IsShownToConsenters(registration);
        if (!shown && registration.applicant_account_id() != consent.account_id()) {
          return NotFound();
        }
        if (!index.has_value()) {
          return Error(absl::StatusCode::kPermissionDenied,
                       policy::v1::COMMON_REASON_PERMISSION_DENIED,
                       "Only a representative who must consent to this dossier does.");
        }
        consent.set_representative_index(*index);
        ASSIGN_OR_RETURN(const bool changed,
                         org_registration::Consent(*row, std::move(consent), At(txn.time())));
        if (!changed) return ViewOf(*std::move(row));
        *hands_over = IsForWorkflow(*row);
        return Stored(txn, *row);
      },
      Telling(hands_over, std::move(reply)), call.deadline);
}

// Once for a registration; kept through supplements and withdrawals into draft.
absl::Status Filing::GiveFileCode(kv::Txn& txn, RegistrationRow& row) const {
  if (!row.registration().file_code().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*row.mutable_registration()->mutable_file_code(),
                   NextFileCode(txn, options_.file_unit));
  return absl::OkStatus();
}

}  // namespace eid::org_registration
