// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/policy.h"
#include "eid/admin/v1/admin_service.grpc.pb.h"

namespace eid::rpc {

// What runs here: name, version, start, the gRPC services, and what `fill` knows of the store.
// Thread-safe if `fill` is.
class ProgramInfo {
 public:
  using Fill = std::function<void(admin::v1::Info&)>;

  // `policies` and `clock` outlive this. `fill` may be null.
  ProgramInfo(std::string name, const PolicyMap& policies, const Clock& clock, Fill fill = nullptr);

  admin::v1::Info Now() const;

 private:
  const std::string name_;
  const PolicyMap& policies_;
  const Clock& clock_;
  const Fill fill_;
  const absl::Time start_;
};

// The part of a program's Info that its kv::Database knows. `db` outlives the result.
template <class Database>
ProgramInfo::Fill InfoOfStore(const Database& db, int schema_version) {
  return [&db, schema_version](admin::v1::Info& info) {
    info.set_store_revision(static_cast<int64_t>(db.revision()));
    info.set_schema_version(schema_version);
    const auto statistics = db.statistics();
    info.set_queue_depth(static_cast<int32_t>(statistics.queue_depth));
    info.set_syncs(static_cast<int64_t>(statistics.syncs));
  };
}

// eid.admin.v1.AdminService, the same in every service.
class AdminRpc final : public admin::v1::AdminService::CallbackService {
 public:
  // Both outlive this.
  AdminRpc(const ProgramInfo& info, const Pipeline& pipeline) : info_(info), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* GetInfo(grpc::CallbackServerContext* context,
                                    const admin::v1::GetInfoRequest*,
                                    admin::v1::Info* response) override {
    return Handle(pipeline_, "/eid.admin.v1.AdminService/GetInfo", *context, response,
                  [&](const Call&, Reply<admin::v1::Info> reply) { reply(info_.Now()); });
  }

  std::vector<UnaryMethod> unary_methods() {
    return UnaryMethodsOf(*this, admin::v1::AdminService::service_full_name(), &AdminRpc::GetInfo);
  }

 private:
  const ProgramInfo& info_;
  const Pipeline& pipeline_;
};

}  // namespace eid::rpc
