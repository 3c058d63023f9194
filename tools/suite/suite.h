// SPDX-License-Identifier: Apache-2.0
// The whole suite with its simulators, each program a process of its own, on this machine: with the
// configurations of deploy/dev, certificates made on the spot, and free ports.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/suite/process.h"

namespace eid::suite {

// Programs in the order in which they are started.
const std::vector<std::string>& ProgramNames();

// Where and how.
struct SuiteOptions {
  // State, certificates, configurations and logs; made if it is not there.
  std::string directory;
  // The processes go on when we end.
  bool outlives_us = false;
};

// Not thread-safe.
class Suite {
 public:
  // More than the grace that programs have themselves (common/rpc/limits.h).
  static constexpr absl::Duration kStopTimeout = absl::Seconds(20);

  // Makes certificates and configurations; starts nothing. The ports stay the same for the life of
  // the suite, so that a program that was killed is found again where it was.
  static absl::StatusOr<std::unique_ptr<Suite>> Create(SuiteOptions options);

  // Makes the first administrator, before identity is started for the first time: `bootstrap` is a
  // Bootstrap message of services/identity/config.proto in text format.
  absl::Status Bootstrap(absl::string_view bootstrap);

  // Starts every program and waits until all listen.
  absl::Status StartAll();
  // Starts one and waits until it listens. `environment`: "NAME=value", for fail points.
  absl::Status Start(const std::string& name, std::vector<std::string> environment = {});
  // kill -9, and waits for the end.
  void Kill(const std::string& name);
  // SIGTERM; waits; gives the exit code. A program that takes longer than kStopTimeout is killed: 137.
  int Stop(const std::string& name);
  // Stops all, the callers before the called.
  void StopAll();
  // The process of a program that was started.
  Process& process(const std::string& name) { return *processes_.at(name); }

  // "127.0.0.1:<port>".
  std::string address(const std::string& name) const;
  // Folder of certificates: ca.crt, <name>.crt, <name>.key.
  std::string certificates() const { return options_.directory + "/certs"; }
  // What the program wrote to stderr.
  std::string log_path(const std::string& name) const {
    return options_.directory + "/" + name + ".log";
  }
  const std::string& directory() const { return options_.directory; }

 private:
  explicit Suite(SuiteOptions options) : options_(std::move(options)) {}
  absl::Status WriteConfig(const std::string& name) const;
  std::string config_path(const std::string& name) const {
    return options_.directory + "/" + name + ".textproto";
  }

  const SuiteOptions options_;
  std::map<std::string, int> ports_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
};

}  // namespace eid::suite
