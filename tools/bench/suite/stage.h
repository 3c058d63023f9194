// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eid/admin/v1/admin_service.grpc.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "tools/bench/core/bench_server.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/watched.h"
#include "tools/bench/load/caller.h"
#include "tools/bench/suite/mint.h"
#include "tools/suite/world.h"

namespace eid::bench {

// The suite as it is deployed: release programs, each a process, TLS to the gateway and mutual TLS
// behind it, with the configurations of deploy/dev. Those have wide limits for one client: a load from
// one address must not meet them. Started by the first contender that needs it; not thread-safe until
// then.
class Stage {
 public:
  // `context` outlives this. `folder`: a name in the work folder, of a suite of its own.
  explicit Stage(Context& context, std::string folder = "suite")
      : context_(context), folder_(std::move(folder)) {}
  ~Stage();

  // Starts the suite, once.
  absl::Status Ensure();

  suite::World& world() { return *world_; }
  const Mint& mint() const { return *mint_; }
  Context& context() { return context_; }
  // A caller at the gateway, without a certificate.
  Caller& gateway() { return *gateway_; }
  // A caller at a program, with the certificate of `as`.
  absl::StatusOr<std::unique_ptr<Caller>> CallerAt(const std::string& program,
                                                   const std::string& as);
  // How the gateway reaches a program.
  rpc::PeerConfig WayTo(const std::string& program);
  // What a program with a store says of itself. The connection is kept. For one thread.
  absl::StatusOr<admin::v1::Info> InfoOf(const std::string& program);
  // The processes whose CPU time and memory count, and synced writes of all their stores. This
  // outlives the result.
  Watched Processes(const std::vector<std::string>& programs);
  // Makes level-2 accounts of eight people of the seed, once: for what asks identity who they are.
  absl::Status AdmitApplicants();
  const std::vector<std::unique_ptr<suite::Person>>& applicants() const { return applicants_; }
  // Logs all of them in anew, and gives their tokens.
  absl::StatusOr<std::vector<std::string>> ApplicantTokens();
  // What an applicant declares: an enterprise with every code and one representative.
  const dossier::v1::Dossier& dossier() const { return dossier_; }

 private:
  Context& context_;
  const std::string folder_;
  std::unique_ptr<suite::World> world_;
  std::unique_ptr<Mint> mint_;
  std::unique_ptr<Caller> gateway_;
  std::map<std::string, std::unique_ptr<admin::v1::AdminService::Stub>> admins_;
  dossier::v1::Dossier dossier_;
  std::vector<std::unique_ptr<suite::Person>> applicants_;
};

// Whether a bare message of so many bytes stands for a real one: INTERNAL, saying both sizes, if they
// are more than a twentieth apart.
absl::Status CheckSize(absl::string_view what, size_t real, size_t bare);
// Makes one call, and gives how many bytes the answer has.
absl::StatusOr<size_t> AnswerBytes(Caller& caller, const std::string& method,
                                   const std::string& request, const std::string& token);

// What processes have handed to the disk so far.
uint64_t BytesWrittenBy(const Watched& watched);

// kConnections channels.
absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> ConnectAll(
    const std::string& address, const std::string& certificates, const std::string& name,
    const std::string& server_name);

}  // namespace eid::bench
