// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/carried.h"

#include "common/log/log.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"

namespace eid::rpc::internal {

absl::Status Unreadable() {
  return Error(absl::StatusCode::kInvalidArgument, policy::v1::COMMON_REASON_INVALID_REQUEST,
               "the request is no message of the contract, or a text in it is no UTF-8");
}

void CheckMessages(const google::protobuf::MethodDescriptor& method,
                   const google::protobuf::Descriptor& request,
                   const google::protobuf::Descriptor& response) {
  CHECK(method.input_type() == &request && method.output_type() == &response)
      << method.full_name() << " has another handler";
}

std::vector<const google::protobuf::MethodDescriptor*> UnaryMethodsIn(absl::string_view service,
                                                                      size_t count) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  CHECK(descriptor != nullptr) << service << " is not linked";
  std::vector<const google::protobuf::MethodDescriptor*> unary;
  for (int i = 0; i < descriptor->method_count(); ++i) {
    const google::protobuf::MethodDescriptor* method = descriptor->method(i);
    if (!method->client_streaming() && !method->server_streaming()) unary.push_back(method);
  }
  CHECK(unary.size() == count) << service << " has " << unary.size() << " unary methods";
  return unary;
}

}  // namespace eid::rpc::internal
