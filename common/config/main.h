// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace eid {

// The version of the suite, as in "0.1.0".
absl::string_view Version();

namespace main_internal {

// `takes_rest`: whether arguments other than the flags go to `run`, or are refused.
int Main(int argc, const char* const* argv, google::protobuf::Message& config, bool takes_rest,
         const std::function<absl::Status(const std::vector<std::string>& rest)>& run);

}  // namespace main_internal

// The main() of a service:
//   int main(int argc, char** argv) { return eid::Main<Config>(argc, argv, Run); }
// Flags: --config=PATH (required; `Config` in text format), --version, --help. Anything else is
// refused. Exits with 0 when `run` returned OK, 1 when it returned an error (which is logged), 2 when
// the flags or the configuration are wrong (which is explained on stderr).
// Also sets the process up: SIGPIPE is ignored, protobuf's messages go to the log, and release builds
// run without Abseil's deadlock detection.
template <typename Config>
int Main(int argc, const char* const* argv, absl::Status (*run)(const Config&)) {
  Config config;
  return main_internal::Main(argc, argv, config, /*takes_rest=*/false,
                             [&](const std::vector<std::string>&) { return run(config); });
}

// For a program with arguments of its own: `run` gets, in order, those that are not flags above.
template <typename Config>
int Main(int argc, const char* const* argv,
         absl::Status (*run)(const Config&, const std::vector<std::string>& rest)) {
  Config config;
  return main_internal::Main(
      argc, argv, config, /*takes_rest=*/true,
      [&](const std::vector<std::string>& rest) { return run(config, rest); });
}

}  // namespace eid
