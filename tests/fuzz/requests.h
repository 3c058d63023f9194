// SPDX-License-Identifier: Apache-2.0
// Entries for requests: what each RPC does with its request before it looks at anything else.
#pragma once

#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/kv/page.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {

// The entries of the four request targets, for the test that none is missing.
std::vector<MessageEntry> IdentityEntries();
std::vector<MessageEntry> OrgRegistrationEntries();
std::vector<MessageEntry> VerificationEntries();
std::vector<MessageEntry> ApprovalEntries();

// The moment at which everything is validated: inputs keep their meaning.
inline const absl::Time kNow = absl::FromUnixSeconds(1'795'305'600);
inline constexpr absl::CivilDay kToday(2026, 11, 22);

inline constexpr absl::string_view kPageKey = "0123456789abcdef";
inline constexpr absl::string_view kQuery = "query";

// A request whose validation needs nothing else.
template <class Request, class Validate>
MessageEntry RequestEntry(Validate validate) {
  return EntryOf<Request>([validate](const Request& request) {
    CheckValidation(request, [&](const google::protobuf::Message& message) {
      return validate(static_cast<const Request&>(message));
    });
  });
}

template <class... Requests, class Validate>
void AddRequests(std::vector<MessageEntry>& entries, Validate validate) {
  (entries.push_back(RequestEntry<Requests>(validate)), ...);
}

// The size and the token of a page, which the lists look at after their validation.
template <class Request>
absl::Status CheckPaging(const Request& request) {
  absl::Status size = kv::PageSize(request.page_size()).status();
  CheckError(request, size);
  const absl::StatusOr<std::string> position =
      kv::ParsePageToken(kPageKey, kQuery, request.page_token());
  CheckError(request, position.status());
  return size;
}

template <class... Lists, class Validate>
void AddLists(std::vector<MessageEntry>& entries, Validate validate) {
  (entries.push_back(RequestEntry<Lists>([validate](const Lists& request) {
    absl::Status valid = validate(request);
    absl::Status paging = CheckPaging(request);
    return valid.ok() ? paging : valid;
  })),
   ...);
}

// Watches, whose requests are a resume token.
template <class... Watches>
void AddWatches(std::vector<MessageEntry>& entries) {
  (entries.push_back(EntryOf<Watches>([](const Watches& request) {
    InTime([&] {
      CheckError(request, kv::ParseResumeToken(kPageKey, kQuery, request.resume_token()).status());
    });
  })),
   ...);
}

}  // namespace eid::fuzz
