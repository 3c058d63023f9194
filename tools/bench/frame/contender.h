// SPDX-License-Identifier: Apache-2.0
// What is measured, and what a measurement gives.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eid::bench {

// What one contender did under one load.
struct Sample {
  double calls_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  // CPU time of the processes that are measured; the load generator's counts where it shares their
  // process.
  double cpu_us_per_call = 0;
  // CPU time of the load generator, where it is a process of its own.
  double load_us_per_call = 0;
  // 0: not counted.
  double fsyncs_per_second = 0;
  double calls_per_fsync = 0;
  // Of all processes that are measured, at the end.
  double rss_mib = 0;
  // Processors that were kept busy by anything but the measured processes and the load generator.
  double others_busy = 0;
  uint64_t calls = 0;
  // Calls that failed. One is enough to make the sample invalid.
  uint64_t errors = 0;
  std::string first_error;
  // What else is worth reporting, by name and unit: "logins/s".
  std::map<std::string, double> extra;
};

// Something under load. Used by one thread.
class Contender {
 public:
  virtual ~Contender() = default;

  // Of the table: "etcd 3.4 put".
  virtual std::string name() const = 0;
  // Makes it ready: starts processes, fills stores, connects. Called once, before the first Run.
  // FAILED_PRECONDITION: it is not there; the message says what to install.
  virtual absl::Status Prepare() { return absl::OkStatus(); }
  // Keeps `in_flight` calls under way; after a warm-up, measures for so long.
  virtual absl::StatusOr<Sample> Run(int in_flight, absl::Duration duration) = 0;
  // Ends what Prepare started. No Run follows.
  virtual void Release() {}
};

}  // namespace eid::bench
