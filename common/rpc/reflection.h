// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Service;
}

namespace eid::rpc {

// grpc.reflection.v1 and v1alpha over the descriptors linked into the program (Debian's library
// serves v1alpha alone, and its classes would clash with ours). Lists `services`, describes
// everything linked. Two services, for v1 and v1alpha.
std::vector<std::unique_ptr<grpc::Service>> MakeReflection(std::vector<std::string> services);

}  // namespace eid::rpc
