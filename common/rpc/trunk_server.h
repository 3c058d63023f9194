// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/carried.h"
#include "common/rpc/pipeline.h"
#include "eid/trunk/v1/trunk_service.grpc.pb.h"

namespace eid::rpc {

// The names of a program's gRPC services, and that of the trunk.
std::vector<std::string> WithTrunk(std::vector<std::string> services);

// eid.trunk.v1.TrunkService: the near end of trunks (trunk.h is the far one). Every carried call
// passes the pipeline like one that comes by itself, as from the peer at the other end of the
// trunk's connection. Thread-safe.
class TrunkServer final : public trunk::v1::TrunkService::CallbackService {
 public:
  // Carried calls under way on one trunk; one more is RESOURCE_EXHAUSTED, OVERLOADED.
  static constexpr int kMaxUnderWay = 1024;

  // `pipeline` outlives this, and this the server. The pipeline's policies know the trunk's service and
  // those of the methods.
  TrunkServer(const Pipeline& pipeline, std::vector<std::vector<UnaryMethod>> methods);
  ~TrunkServer() override;

  grpc::ServerBidiReactor<trunk::v1::CarryRequest, trunk::v1::CarryResponse>* Carry(
      grpc::CallbackServerContext* context) override;

  // The program stops: those at the other ends are asked to send no more.
  void Leave();

 private:
  class Stream;

  // Counts the stream. True: it is to be told that the program stops.
  bool Enter(Stream* stream);
  void Exit(Stream* stream);
  // Null when nobody serves it.
  const UnaryMethod* Find(const std::string& path) const;

  const Pipeline& pipeline_;
  absl::flat_hash_map<std::string, UnaryMethod> methods_;
  absl::Mutex mu_;
  bool leaving_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eid::rpc
