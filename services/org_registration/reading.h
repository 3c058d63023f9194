// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/kv/feed.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "services/org_registration/persons.h"

namespace eid::org_registration {

// What people see of registrations. The applicant sees their own; those who must consent see what was
// submitted to them; nobody else learns that there is something. Changes nothing. Thread-safe.
class Reading {
 public:
  // The collaborators outlive this.
  Reading(kv::Database& database, Persons& persons) : db_(database), persons_(persons) {}

  void Get(const rpc::Call& call, const v1::GetRegistrationRequest& request,
           rpc::Reply<v1::Registration> reply);
  void List(const rpc::Call& call, const v1::ListRegistrationsRequest& request,
            rpc::Reply<v1::ListRegistrationsResponse> reply);

  // How far a file is, for anyone who holds its code.
  absl::StatusOr<v1::FileStatus> Track(const v1::GetStatusRequest& request) const;

  // A watch of the caller's registrations. After: the revision to go on from; EventOf: the event of
  // a feed entry, nullopt when it is not of the caller's; Heartbeat: an event that only says how far
  // the caller has come.
  absl::StatusOr<uint64_t> After(absl::string_view account_id,
                                 const v1::WatchRegistrationsRequest& request) const;
  absl::StatusOr<std::optional<v1::RegistrationEvent>> EventOf(absl::string_view account_id,
                                                               const kv::FeedEntry& entry,
                                                               uint64_t resume) const;
  v1::RegistrationEvent Heartbeat(absl::string_view account_id, uint64_t revision) const;

 private:
  absl::StatusOr<v1::ListRegistrationsResponse> Page(const rpc::Call& call,
                                                     const v1::ListRegistrationsRequest& request,
                                                     absl::string_view personal_id) const;

  kv::Database& db_;
  Persons& persons_;
};

}  // namespace eid::org_registration
