// SPDX-License-Identifier: Apache-2.0
#include "services/org_registration/reading.h"

#include <utility>

#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/kv/page.h"
#include "common/status/status.h"
#include "eid/policy/v1/policy.pb.h"
#include "services/org_registration/consents.h"
#include "services/org_registration/decide.h"
#include "services/org_registration/documents.h"
#include "services/org_registration/store.h"
#include "services/org_registration/validate.h"

namespace eid::org_registration {
namespace {

using v1::Registration;

std::string StreamOf(absl::string_view account_id) {
  return kv::KeyOf("WatchRegistrations", account_id);
}

// The query that a page token belongs to: everything but where the page begins and how long it is.
std::string QueryOf(const rpc::Call& call, v1::ListRegistrationsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return kv::KeyOf("ListRegistrations", call.account_id(), kv::DigestOf(request));
}

bool SeenByConsenter(const Registration& registration, absl::string_view personal_id) {
  return IsShownToConsenters(registration) &&
         ConsenterIndex(registration.dossier(), personal_id).has_value();
}

}  // namespace

void Reading::Get(const rpc::Call& call, const v1::GetRegistrationRequest& request,
                  rpc::Reply<Registration> reply) {
  absl::Status valid = Validate(request);
  if (!valid.ok()) return reply(valid);
  auto row = Registrations().Get(*db_.Read(), kv::KeyOf(request.registration_id()));
  if (row.ok()) valid = Unpack(*row);
  if (!valid.ok()) return reply(valid);
  if (!row.ok() && !absl::IsNotFound(row.status())) return reply(row.status());
  if (row.ok() && row->registration().applicant_account_id() == call.account_id()) {
    return reply(ViewOf(*std::move(row)));
  }
  // Who the caller is decides, whether there is such a registration or not: an answer that depends
  // on identity must not tell the two apart.
  persons_.NumberOf(call,
                    [row = std::move(row), reply](absl::StatusOr<std::string> number) mutable {
                      if (!number.ok()) return reply(number.status());
                      if (!row.ok() || !SeenByConsenter(row->registration(), *number)) {
                        return reply(NotFound());
                      }
                      reply(ViewOf(*std::move(row)));
                    });
}

void Reading::List(const rpc::Call& call, const v1::ListRegistrationsRequest& request,
                   rpc::Reply<v1::ListRegistrationsResponse> reply) {
  absl::Status valid = Validate(request);
  if (!valid.ok()) return reply(valid);
  if (!request.awaiting_my_consent()) return reply(Page(call, request, ""));
  persons_.NumberOf(call, [this, call, request, reply](absl::StatusOr<std::string> number) {
    if (!number.ok()) return reply(number.status());
    reply(Page(call, request, *number));
  });
}

absl::StatusOr<v1::ListRegistrationsResponse> Reading::Page(
    const rpc::Call& call, const v1::ListRegistrationsRequest& request,
    absl::string_view personal_id) const {
  const std::string query = QueryOf(call, request);
  ASSIGN_OR_RETURN(const size_t size, kv::PageSize(request.page_size()));
  kv::RowRange range;
  if (request.awaiting_my_consent()) {
    range = {.index = kByMissingConsent, .prefix = kv::KeyOf(personal_id)};
  } else if (request.state() != Registration::STATE_UNSPECIFIED) {
    range = {.index = kByApplicantAndState,
             .prefix = kv::KeyOf(call.account_id(), request.state())};
  } else {
    range = {.index = kByApplicant, .prefix = kv::KeyOf(call.account_id())};
  }
  ASSIGN_OR_RETURN(range.after, kv::ParsePageToken(db_.page_key(), query, request.page_token()));
  const auto in_state = [&](const RegistrationRow& row) {
    return request.state() == Registration::STATE_UNSPECIFIED ||
           row.registration().state() == request.state();
  };
  ASSIGN_OR_RETURN(kv::RowPage<RegistrationRow> page,
                   Registrations().Page(*db_.Read(), range, size, in_state));
  v1::ListRegistrationsResponse response;
  for (RegistrationRow& row : page.rows) {
    RETURN_IF_ERROR(Unpack(row));
    *response.add_registrations() = ViewOf(std::move(row));
  }
  response.set_next_page_token(kv::MakePageToken(db_.page_key(), query, page.next_position));
  return response;
}

absl::StatusOr<v1::FileStatus> Reading::Track(const v1::GetStatusRequest& request) const {
  RETURN_IF_ERROR(Validate(request));
  const auto row = Registrations().GetBy(*db_.Read(), kByFileCode, kv::KeyOf(request.file_code()));
  if (absl::IsNotFound(row.status())) return NotFound();
  RETURN_IF_ERROR(row.status());
  const Registration& registration = row->registration();
  const policy::v1::Text& text = Registration::State_descriptor()
                                     ->FindValueByNumber(registration.state())
                                     ->options()
                                     .GetExtension(policy::v1::text);
  v1::FileStatus status;
  status.set_file_code(registration.file_code());
  status.set_state(registration.state());
  status.mutable_text()->set_vi(text.vi());
  status.mutable_text()->set_en(text.en());
  if (registration.has_receive_time()) {
    *status.mutable_receive_time() = registration.receive_time();
  }
  if (registration.has_due_time()) *status.mutable_due_time() = registration.due_time();
  return status;
}

absl::StatusOr<uint64_t> Reading::After(absl::string_view account_id,
                                        const v1::WatchRegistrationsRequest& request) const {
  if (request.resume_token().empty()) return db_.revision();
  return kv::ParseResumeToken(db_.page_key(), StreamOf(account_id), request.resume_token());
}

absl::StatusOr<std::optional<v1::RegistrationEvent>> Reading::EventOf(absl::string_view account_id,
                                                                      const kv::FeedEntry& entry,
                                                                      uint64_t resume) const {
  absl::string_view registration_id;
  if (entry.topic != kRegistrationTopic ||
      !IsSubjectOf(account_id, entry.subject_id, registration_id)) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(RegistrationRow row,
                   Registrations().Get(*db_.Read(), kv::KeyOf(registration_id)));
  // Without documents: who wants them asks for them.
  v1::RegistrationEvent event = Heartbeat(account_id, resume);
  *event.mutable_registration() = ViewOf(std::move(row));
  return event;
}

v1::RegistrationEvent Reading::Heartbeat(absl::string_view account_id, uint64_t revision) const {
  v1::RegistrationEvent event;
  event.set_resume_token(kv::MakeResumeToken(db_.page_key(), StreamOf(account_id), revision));
  return event;
}

}  // namespace eid::org_registration
