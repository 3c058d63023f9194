// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tools/bench/frame/contender.h"
#include "tools/bench/frame/context.h"

namespace eid::bench {

// Puts into etcd over its gRPC interface, without TLS: the same keys and values as ServicePutLoad, the
// same load generator; one member with its defaults, a fresh store for each measurement.
std::shared_ptr<Contender> EtcdPutLoad(Context& context);

}  // namespace eid::bench
