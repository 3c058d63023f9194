// SPDX-License-Identifier: Apache-2.0
// The peers behind real stubs: what is sent, what their errors become, watches that come back.
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include "common/kv/key.h"
#include "common/rpc/peer.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/matchers.h"
#include "eid/approval/v1/approval_service.grpc.pb.h"
#include "eid/identity/v1/organization_service.grpc.pb.h"
#include "eid/verification/v1/verification_service.grpc.pb.h"
#include "services/org_registration/saga_peer.h"
#include "services/org_registration/testing/world.h"
#include "services/org_registration/watch_peer.h"

namespace eid::org_registration {
namespace {

using approval::v1::ApprovalIntakeService;
using approval::v1::ApprovalService;
using approval::v1::Case;
using eid::testing::Value;
using identity::v1::Organization;
using identity::v1::OrganizationIntakeService;
using testing::ValidDossier;
using testing::World;
using v1::Registration;
using verification::v1::Verification;
using verification::v1::VerificationIntakeService;
using verification::v1::VerificationService;

struct VerificationIntake final : VerificationIntakeService::Service {
  grpc::Status EnsureVerification(grpc::ServerContext* context,
                                  const verification::v1::EnsureVerificationRequest* request,
                                  Verification* response) override {
    // In our own name: no token.
    if (context->client_metadata().count("authorization") > 0) {
      return {grpc::StatusCode::INTERNAL, "a token"};
    }
    response->set_verification_id(request->verification_id());
    return grpc::Status::OK;
  }
};

struct ApprovalIntake final : ApprovalIntakeService::Service {
  grpc::Status EnsureCase(grpc::ServerContext*, const approval::v1::EnsureCaseRequest* request,
                          Case* response) override {
    response->set_case_id(request->case_id());
    return grpc::Status::OK;
  }
  grpc::Status CloseCase(grpc::ServerContext*, const approval::v1::CloseCaseRequest*,
                         Case*) override {
    return {grpc::StatusCode::NOT_FOUND, "no such case"};
  }
};

struct OrganizationIntake final : OrganizationIntakeService::Service {
  grpc::Status EnsureOrganization(grpc::ServerContext*,
                                  const identity::v1::EnsureOrganizationRequest* request,
                                  Organization* response) override {
    response->set_registration_id(request->registration_id());
    return grpc::Status::OK;
  }
};

template <class Answer, class Call>
absl::StatusOr<Answer> Ask(Call&& call) {
  std::promise<absl::StatusOr<Answer>> answer;
  call([&](absl::StatusOr<Answer> given) { answer.set_value(std::move(given)); });
  return answer.get_future().get();
}

TEST_CASE("the workflow's calls reach their services") {
  VerificationIntake verification;
  ApprovalIntake approval;
  OrganizationIntake organization;
  rpc::testing::InProcess server({&verification, &approval, &organization});
  rpc::PeerChannel channel(server.channel(), /*carries=*/true);
  const auto peers = MakePeers(channel, channel, channel);

  verification::v1::EnsureVerificationRequest verify;
  verify.set_verification_id("r.1");
  CHECK(Value(Ask<Verification>([&](auto done) {
          peers->EnsureVerification(verify, done);
        })).verification_id() == "r.1");
  approval::v1::EnsureCaseRequest open;
  open.set_case_id("r");
  CHECK(Value(Ask<Case>([&](auto done) { peers->EnsureCase(open, done); })).case_id() == "r");
  identity::v1::EnsureOrganizationRequest grant;
  grant.set_registration_id("r");
  CHECK(Value(Ask<Organization>([&](auto done) {
          peers->EnsureOrganization(grant, done);
        })).registration_id() == "r");
  const auto closed = Ask<Case>([&](auto done) { peers->CloseCase({}, done); });
  CHECK(absl::IsNotFound(closed.status()));
}

// Watches that tell one event each, then wait to be cancelled or break off.
struct Events {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> tokens;  // with which watches were opened
  bool break_off = false;

  // `tell` adds what is told to the event, or leaves it a heartbeat.
  template <class Event, class Tell>
  grpc::Status Serve(grpc::ServerContext* context, const std::string& token,
                     grpc::ServerWriter<Event>* writer, Tell tell) {
    std::unique_lock lock(mutex);
    tokens.push_back(token);
    Event event;
    event.set_resume_token("token-" + std::to_string(tokens.size()));
    tell(event);
    writer->Write(event);
    changed.notify_all();
    while (!break_off && !context->IsCancelled()) {
      changed.wait_for(lock, std::chrono::milliseconds(5));
    }
    return {grpc::StatusCode::UNAVAILABLE, "broken off"};
  }
  void WaitForWatches(size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return tokens.size() >= count; });
  }
};

struct Verifications final : VerificationService::Service {
  grpc::Status WatchVerifications(
      grpc::ServerContext* context, const verification::v1::WatchVerificationsRequest* request,
      grpc::ServerWriter<verification::v1::VerificationEvent>* writer) override {
    return events.Serve(context, request->resume_token(), writer, [](auto&) {});
  }
  Events events;
};

struct Cases final : ApprovalService::Service {
  grpc::Status WatchCases(grpc::ServerContext* context,
                          const approval::v1::WatchCasesRequest* request,
                          grpc::ServerWriter<approval::v1::CaseEvent>* writer) override {
    return events.Serve(context, request->resume_token(), writer,
                        [this](auto& event) { *event.mutable_case_() = told; });
  }
  Events events;
  Case told;
};

TEST_CASE("watches of peers: events move registrations; a broken watch resumes where it was") {
  World world;
  const std::string id = world.Bring(Registration::STATE_UNDER_REVIEW);
  world.peers.Approve(id);
  std::promise<void> issued;
  std::atomic<bool> done = false;
  const kv::Subscription subscription = world.db->feed().Subscribe([&](uint64_t) {
    const auto row = Registrations().Get(*world.db->Read(), kv::KeyOf(id));
    if (!row.ok() || row->registration().state() != Registration::STATE_ISSUED) return;
    if (!done.exchange(true)) issued.set_value();
  });
  world.workflow->Start();

  Verifications verifications;
  Cases cases;
  cases.told = world.peers.cases[id];
  rpc::testing::InProcess server({&verifications, &cases});
  Following following(*world.db, world.clock, *world.workflow);
  auto watching = WatchPeers(server.channel(), server.channel(), Clock::Real(), following);
  issued.get_future().wait();

  verifications.events.WaitForWatches(1);
  {
    std::lock_guard lock(verifications.events.mutex);
    verifications.events.break_off = true;
    verifications.events.changed.notify_all();
  }
  verifications.events.WaitForWatches(3);
  watching.reset();
  CHECK(verifications.events.tokens[0].empty());
  CHECK(verifications.events.tokens[1] == "token-1");
  CHECK(verifications.events.tokens[2] == "token-2");
  world.workflow.reset();
}

TEST_CASE("watches of peers that are not there end at once when told to") {
  World world;
  Following following(*world.db, world.clock, *world.workflow);
  // Serves no watches.
  OrganizationIntake other;
  rpc::testing::InProcess nobody({&other});
  auto watching = WatchPeers(nobody.channel(), nobody.channel(), Clock::Real(), following);
  watching.reset();
}

}  // namespace
}  // namespace eid::org_registration
