// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/kv/page.h"
#include "common/rpc/call.h"
#include "common/status/macros.h"

// Who sees what is not their own, and how lists are cut into pages.
namespace eid::identity {

// Whether the caller may see others' accounts: any officer but one who only runs the machines.
bool SeesAll(const rpc::Call& call);

// PERMISSION_DENIED AUTHENTICATION_LEVEL_TOO_LOW below level 2: what an officer needs to see others'
// data by RPCs that a holder may call with one factor.
absl::Status NeedsTwoFactors(const rpc::Call& call);

// One page of a query.
struct Paging {
  size_t size = 0;
  // Position to go on from; empty: the start.
  std::string after;
  std::string page_key;
  std::string query;

  // The token for what follows the position; empty for an empty one.
  std::string Next(absl::string_view position) const {
    return kv::MakePageToken(page_key, query, position);
  }
};

// `whose`: what the list depends on beside the request. INVALID_ARGUMENT INVALID_REQUEST or
// PAGE_TOKEN_INVALID.
template <class Request>
absl::StatusOr<Paging> PagingOf(const kv::Database& db, absl::string_view method,
                                absl::string_view whose, Request request) {
  Paging paging;
  ASSIGN_OR_RETURN(paging.size, kv::PageSize(request.page_size()));
  const std::string token = request.page_token();
  request.clear_page_size();
  request.clear_page_token();
  paging.page_key = db.page_key();
  paging.query = kv::KeyOf(method, whose, kv::DigestOf(request));
  ASSIGN_OR_RETURN(paging.after, kv::ParsePageToken(paging.page_key, paging.query, token));
  return paging;
}

}  // namespace eid::identity
