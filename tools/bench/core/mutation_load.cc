// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <utility>

#include "common/status/macros.h"
#include "tools/bench/core/items.h"
#include "tools/bench/core/store_loads.h"
#include "tools/bench/frame/closed_loop.h"

namespace eid::bench {
namespace {

class Mutation final : public Contender {
 public:
  explicit Mutation(Context& context) : context_(context) {}

  std::string name() const override { return "kv mutation"; }

  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override {
    ASSIGN_OR_RETURN(const std::string folder, context_.FreshFolder("mutation"));
    const Scratch scratch(folder);
    ASSIGN_OR_RETURN(
        const auto database,
        kv::Database::Open({.path = folder + "/data", .high_water_path = folder + "/mark"}));
    std::atomic<uint64_t> next = 0;
    const Watched watched = {.pids = {0}, .fsyncs = [&] { return database->statistics().syncs; }};
    return RunClosedLoop(watched, in_flight, duration, [&](Done done) {
      CreateItem(*database, MakeCreateRequest(++next),
                 [done = std::move(done)](absl::StatusOr<v1::CreateItemResponse> created) {
                   done(created.status());
                 });
    });
  }

 private:
  Context& context_;
};

}  // namespace

std::shared_ptr<Contender> MutationLoad(Context& context) {
  return std::make_shared<Mutation>(context);
}

}  // namespace eid::bench
