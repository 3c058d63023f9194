// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "tools/bench/frame/contender.h"
#include "tools/bench/suite/stage.h"
#include "tools/bench/suite/stream.h"

namespace eid::bench {

// Registrations through the five steps but the first, the login, which eight applicants have made
// before: an applicant files and submits; verification asks the registries; an officer who follows the
// cases claims, another approves; the applicant's own stream says that it is issued, and there it
// ends: the message about it is sent meanwhile and costs what it costs, but nobody waits for it.
// Everything goes through the gateway. The simulators answer at once.
//
// Extra: "commits", transactions that wrote in the stores of all services, for one registration, as
// the stores' revisions tell; "KiB written", what the services handed to the disk for one.
class FiveStepsLoad final : public Contender {
 public:
  // Those with stores, all of which a registration changes.
  static const std::vector<std::string>& Services();

  explicit FiveStepsLoad(std::shared_ptr<Stage> stage) : stage_(std::move(stage)) {}
  std::string name() const override { return "five steps"; }
  absl::Status Prepare() override;
  absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) override;

 private:
  // A request, and the number of the applicant who makes it.
  struct Creation {
    grpc::ByteBuffer request;
    size_t who = 0;
  };
  struct Flow {
    Done done;
    bool claimed = false;
  };
  using Streams = std::vector<std::unique_ptr<MessageStream>>;

  // Puts organizations into the register until so many have not come to file yet.
  absl::Status PutOrganizations(int count);
  int Unfiled();
  // The next that nobody knows; what it files is made with it.
  registry::v1::OrganizationRecord NextOrganization();
  absl::StatusOr<Streams> Follow();
  void Start(Done done);
  void Submit(const org_registration::v1::Registration& draft, const std::string& token, Done done);
  void OnCase(const grpc::ByteBuffer& bytes);
  void OnRegistration(const grpc::ByteBuffer& bytes);
  void Claim(const std::string& id);
  void Approve(const approval::v1::Case& claimed);
  void End(absl::string_view id, const absl::Status& status);
  absl::StatusOr<double> Commits();

  const std::shared_ptr<Stage> stage_;
  std::string reviewer_;
  std::string approver_;
  std::vector<std::string> tokens_;
  absl::Mutex mutex_;
  uint64_t put_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<Creation> creations_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Flow> flows_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace eid::bench
