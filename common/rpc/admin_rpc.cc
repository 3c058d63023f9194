// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/admin_rpc.h"

#include "common/config/main.h"

namespace eid::rpc {
namespace {

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(absl::ToUnixSeconds(time));
  stamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(stamp.seconds()))));
  return stamp;
}

}  // namespace

ProgramInfo::ProgramInfo(std::string name, const PolicyMap& policies, const Clock& clock, Fill fill)
    : name_(std::move(name)),
      policies_(policies),
      clock_(clock),
      fill_(std::move(fill)),
      start_(clock.TimeNow()) {}

admin::v1::Info ProgramInfo::Now() const {
  admin::v1::Info info;
  info.set_service(name_);
  info.set_version(std::string(Version()));
  *info.mutable_start_time() = TimestampOf(start_);
  info.mutable_uptime()->set_seconds(absl::ToInt64Seconds(clock_.TimeNow() - start_));
  for (const std::string& service : policies_.services()) info.add_services(service);
  if (fill_) fill_(info);
  return info;
}

}  // namespace eid::rpc
