// SPDX-License-Identifier: Apache-2.0
// The places of watches, taken and given back by many threads: for ThreadSanitizer too.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/watches.h"
#include "common/testing/matchers.h"

namespace eid::rpc {
namespace {

class NoFeed final : public kv::Feed {
 public:
  absl::StatusOr<std::vector<kv::FeedEntry>> Read(uint64_t, size_t) const override {
    return std::vector<kv::FeedEntry>();
  }
  kv::Subscription Subscribe(std::function<void(uint64_t)>) override { return {}; }
};

Call CallOf(int account) {
  policy::v1::AccessClaims claims;
  claims.set_sub(absl::StrCat("account-", account));
  Call call;
  call.claims = std::make_shared<const policy::v1::AccessClaims>(std::move(claims));
  return call;
}

TEST_CASE("no more watches than places, and every one is ended once", "[threads]") {
  NoFeed feed;
  // The fourth thread finds no place when the others keep theirs: in all, or of the one caller's.
  const bool one_caller = GENERATE(false, true);
  Watches watches(feed, one_caller ? Watches::Options{.max_streams = 6, .max_per_caller = 3}
                                   : Watches::Options{.max_streams = 3, .max_per_caller = 6});
  std::atomic<int> stopped = 0, left_behind = 0, too_many = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const auto place = watches.Enter(CallOf(one_caller ? 0 : t), [&] { ++stopped; });
        if (!place.ok()) ++refused;
        if (!place.ok()) continue;
        if (watches.open() > 3) ++too_many;
        if (i < 299) {
          watches.Leave(*place);
        } else {
          ++left_behind;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(too_many == 0);
  CHECK(refused > 0);
  watches.Shutdown();
  CHECK(stopped == left_behind);
  CHECK(absl::IsUnavailable(watches.Enter(CallOf(1), [] {}).status()));
}

}  // namespace
}  // namespace eid::rpc
