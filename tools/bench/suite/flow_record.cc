// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/flow_record.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/bench/suite/five_steps.h"
#include "tools/bench/suite/stage.h"

namespace eid::bench {
namespace {

constexpr char kFolder[] = "recorded";
constexpr int kInFlight = 64;
constexpr absl::Duration kDuration = absl::Seconds(1);
constexpr size_t kLeastCommits = 1000;

// A batch that was under way when the revision was asked for.
constexpr uint64_t kMostMissing = 64;

// What has been committed, by service.
using Revisions = std::map<std::string, uint64_t>;

absl::StatusOr<Revisions> RevisionsOf(Stage& stage) {
  Revisions revisions;
  for (const std::string& service : FiveStepsLoad::Services()) {
    ASSIGN_OR_RETURN(const admin::v1::Info info, stage.InfoOf(service));
    revisions[service] = static_cast<uint64_t>(info.store_revision());
  }
  return revisions;
}

// Where the stores stood when the registrations began.
absl::StatusOr<Revisions> Register(const std::shared_ptr<Stage>& stage) {
  FiveStepsLoad load(stage);
  RETURN_IF_ERROR(load.Prepare());
  ASSIGN_OR_RETURN(Revisions before, RevisionsOf(*stage));
  ASSIGN_OR_RETURN(const Sample sample, load.Run(kInFlight, kDuration));
  if (sample.errors > 0) return absl::InternalError(sample.first_error);
  return before;
}

}  // namespace

absl::StatusOr<std::vector<Commit>> RecordFlow(Context& context) {
  ASSIGN_OR_RETURN(const std::string folder, context.FreshFolder(kFolder));
  const Scratch scratch(folder);
  auto stage = std::make_shared<Stage>(context, kFolder);
  ASSIGN_OR_RETURN(const Revisions before, Register(stage));
  ASSIGN_OR_RETURN(Revisions after, RevisionsOf(*stage));
  // Nobody else has the stores open then.
  stage = nullptr;
  std::vector<std::vector<Commit>> stores;
  for (const auto& [service, revision] : before) {
    ASSIGN_OR_RETURN(stores.emplace_back(),
                     ReadCommits(absl::StrCat(folder, "/", service, "/data"), revision));
    if (stores.back().size() + kMostMissing < after[service] - revision) {
      return absl::InternalError(absl::StrCat("the logs of ", service, " lack commits"));
    }
  }
  std::vector<Commit> commits = Mix(std::move(stores));
  if (commits.size() >= kLeastCommits) return commits;
  return absl::InternalError(absl::StrCat("only ", commits.size(), " commits were recorded"));
}

}  // namespace eid::bench
