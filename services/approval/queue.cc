// SPDX-License-Identifier: Apache-2.0
#include "services/approval/queue.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/clock/timestamp.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/kv/page.h"
#include "common/status/macros.h"
#include "services/approval/decide.h"
#include "services/approval/documents.h"
#include "services/approval/statutory_clock.h"
#include "services/approval/store.h"
#include "services/approval/validate.h"

namespace eid::approval {
namespace {

// One walk over an index.
struct Walk {
  kv::RowRange range;
  // No case that is due then or later is wanted.
  absl::Time due_before = absl::InfiniteFuture();
};

// The part of an index's keys before the due time.
void ChooseIndex(const v1::ListCasesRequest& request, kv::RowRange& range) {
  const bool has_reviewer = !request.reviewer_account_id().empty();
  const bool has_state = request.state() != v1::Case::STATE_UNSPECIFIED;
  const bool has_category = request.category() != dossier::v1::ORGANIZATION_CATEGORY_UNSPECIFIED;
  const v1::ClockMark mark = request.clock_mark();
  const bool is_running = mark != v1::CLOCK_MARK_UNSPECIFIED && mark != v1::CLOCK_MARK_STOPPED;
  if (has_reviewer && has_state) {
    range.index = kByReviewerAndState;
    range.prefix = kv::KeyOf(request.reviewer_account_id(), request.state());
  } else if (has_reviewer) {
    range.index = kByReviewer;
    range.prefix = kv::KeyOf(request.reviewer_account_id());
  } else if (has_state && has_category) {
    range.index = kByStateAndCategory;
    range.prefix = kv::KeyOf(request.state(), request.category());
  } else if (has_state) {
    range.index = kByState;
    range.prefix = kv::KeyOf(request.state());
  } else if (has_category) {
    range.index = is_running ? kByCategoryAndRunningClock : kByCategory;
    range.prefix = kv::KeyOf(request.category());
  } else if (is_running) {
    range.index = kByRunningClock;
  } else {
    range.index = kByDue;
  }
}

Walk PlanOf(const v1::ListCasesRequest& request, absl::Time now, std::string position) {
  Walk walk;
  ChooseIndex(request, walk.range);
  if (request.has_due_before_time()) walk.due_before = FromTimestamp(request.due_before_time());
  // What is due after now, in every index: the due time stands behind the prefix.
  const std::string after_now = walk.range.prefix + kv::KeyOf(now);
  switch (request.clock_mark()) {
    case v1::CLOCK_MARK_OVERDUE:
      walk.due_before = std::min(walk.due_before, now + absl::Nanoseconds(1));
      break;
    case v1::CLOCK_MARK_WARNING:
      walk.due_before = std::min(walk.due_before, now + kLongestWarning + absl::Nanoseconds(1));
      walk.range.after = after_now;
      break;
    case v1::CLOCK_MARK_RUNNING: walk.range.after = after_now; break;
    default: break;
  }
  walk.range.after = std::max(walk.range.after, position);
  return walk;
}

bool Wanted(const v1::ListCasesRequest& request, const CaseRow& row) {
  const v1::Case& shown = row.case_();
  const auto is = [](auto wanted, auto actual) {
    return static_cast<int>(wanted) == 0 || wanted == actual;
  };
  return is(request.state(), shown.state()) && is(request.category(), CategoryOf(row)) &&
         is(request.clock_mark(), shown.clock().mark()) &&
         (request.reviewer_account_id().empty() ||
          request.reviewer_account_id() == shown.reviewer_account_id());
}

std::string QueryOf(v1::ListCasesRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return kv::KeyOf("ListCases", kv::DigestOf(request));
}

}  // namespace

absl::StatusOr<v1::ListCasesResponse> Queue::List(const v1::ListCasesRequest& request) const {
  RETURN_IF_ERROR(Validate(request));
  ASSIGN_OR_RETURN(const size_t size, kv::PageSize(request.page_size()));
  const std::string query = QueryOf(request);
  ASSIGN_OR_RETURN(std::string position,
                   kv::ParsePageToken(database_.page_key(), query, request.page_token()));
  const absl::Time now = clock_.TimeNow();
  const Walk walk = PlanOf(request, now, std::move(position));

  v1::ListCasesResponse response;
  std::string last;
  size_t bytes = 0, seen = 0;
  bool more = false;
  absl::Status read;
  RETURN_IF_ERROR(
      Cases().Scan(*database_.Read(), walk.range, [&](CaseRow row, absl::string_view place) {
        if (DueKey(row.case_()) >= walk.due_before && walk.due_before != absl::InfiniteFuture())
          return false;
        const size_t taken = static_cast<size_t>(response.cases_size());
        more = taken >= size || seen >= kScanLimit;
        if (more) return false;
        BringUpTo(now, row);
        if (Wanted(request, row)) {
          if (read = Unpack(row); !read.ok()) return false;
          const size_t cost = row.case_().ByteSizeLong();
          more = taken > 0 && bytes + cost > kv::kPageByteBudget;
          if (more) return false;
          bytes += cost;
          *response.add_cases() = std::move(*row.mutable_case_());
        }
        ++seen;
        last = std::string(place);
        return true;
      }));
  RETURN_IF_ERROR(read);
  if (more) response.set_next_page_token(kv::MakePageToken(database_.page_key(), query, last));
  return response;
}

}  // namespace eid::approval
