// SPDX-License-Identifier: Apache-2.0
// The contracts as the tests of all RPCs read them.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "eid/policy/v1/policy.pb.h"

namespace eid::integration {

// One RPC at the program that serves it. The RPCs of AdminService are there once for each program.
struct Rpc {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  // "/eid.approval.v1.ApprovalService/GetCase".
  std::string path;
  // "eid.approval.v1.ApprovalService".
  std::string service;
  // "approval"; of what the simulators stand in for, one of them.
  std::string program;
  policy::v1::Policy policy;
  // Whether the gateway fronts it: not what lies outside the suite.
  bool fronted = false;

  bool Admits(policy::v1::Audience audience) const;
  // For services alone.
  bool ServicesOnly() const;
  std::string name() const { return program + path; }
  std::unique_ptr<google::protobuf::Message> NewRequest() const;
};

// Every RPC of every eid.* contract.
const std::vector<Rpc>& AllRpcs();
// The RPC with this name, as in "ApprovalService/GetCase". It must be there.
const Rpc& RpcNamed(absl::string_view name);

// The fields of a request whose comment in the contract says that they are required, by name.
std::vector<std::string> RequiredFields(const Rpc& rpc);

// The services of the suite, the gateway last.
const std::vector<std::string>& Services();

}  // namespace eid::integration
