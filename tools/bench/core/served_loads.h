// SPDX-License-Identifier: Apache-2.0
// Loads on servers of our own, over the network, each with fresh processes for each measurement.
#pragma once

#include <memory>

#include "tools/bench/core/bench_server.h"
#include "tools/bench/frame/contender.h"
#include "tools/bench/frame/context.h"

namespace eid::bench {

// The way of a call to the server that answers it.
enum class Hops {
  // Straight, without TLS.
  kDirect,
  // Straight, with mutual TLS, as a service calls another.
  kDirectMutualTls,
  // With TLS to a bare proxy, from there with mutual TLS: as through the gateway.
  kProxy,
};

// CreateItem (items.h) as a service of the suite serves it: pipeline, log line, store.
std::shared_ptr<Contender> ServiceCreateLoad(Context& context);
// A durable put of one row, served likewise.
std::shared_ptr<Contender> ServicePutLoad(Context& context);
// An echo, served likewise: what the pipeline costs.
std::shared_ptr<Contender> ServiceEchoLoad(Context& context);
// A durable put of one row by a server that does nothing else.
std::shared_ptr<Contender> BarePutLoad(Context& context, Hops hops);
// A call that is answered at once by a server that does nothing else, with messages of so many bytes.
std::shared_ptr<Contender> BareEchoLoad(Context& context, Hops hops, size_t request_bytes,
                                        size_t answer_bytes);

}  // namespace eid::bench
