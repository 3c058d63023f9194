// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"

#include <csignal>
#include <iostream>
#include <string>

#include "absl/synchronization/mutex.h"
#include "common/config/config.h"
#include "common/config/flags.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/stubs/logging.h"

namespace eid {
namespace {

absl::string_view Program(int argc, const char* const* argv) {
  absl::string_view path = argc > 0 ? argv[0] : "program";
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

void LogProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                 const std::string& message) {
  const Severity severity = level == google::protobuf::LOGLEVEL_INFO      ? Severity::kInfo
                            : level == google::protobuf::LOGLEVEL_WARNING ? Severity::kWarning
                                                                          : Severity::kError;
  LogEvent(severity, "protobuf", {{"file", file}, {"line", line}, {"message", message}});
}

void SetUpProcess() {
  std::signal(SIGPIPE, SIG_IGN);
  google::protobuf::SetLogHandler(&LogProtobuf);
#ifdef NDEBUG
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
}

}  // namespace

absl::string_view Version() { return EID_VERSION; }

namespace main_internal {

int Main(int argc, const char* const* argv, google::protobuf::Message& config, bool takes_rest,
         const std::function<absl::Status(const std::vector<std::string>& rest)>& run) {
  const absl::string_view program = Program(argc, argv);
  const absl::StatusOr<Flags> flags = ParseFlags(argc, argv, takes_rest);
  if (!flags.ok()) {
    std::cerr << program << ": " << flags.status().message() << "\n"
              << "Try \"" << program << " --help\".\n";
    return 2;
  }
  if (flags->help) {
    std::cout << Help(program, *config.GetDescriptor(), takes_rest) << std::flush;
    return 0;
  }
  if (flags->version) {
    std::cout << program << " " << Version() << "\n" << std::flush;
    return 0;
  }
  SetUpProcess();
  if (const absl::Status loaded = LoadTextProto(flags->config, config); !loaded.ok()) {
    std::cerr << program << ": the configuration cannot be used.\n"
              << loaded.message() << "\n"
              << "It must be a " << config.GetDescriptor()->full_name()
              << " in protobuf text format; \"" << program << " --help\" lists its fields.\n";
    return 2;
  }
  const absl::Status result = run(flags->rest);
  if (result.ok()) return 0;
  const std::string reason = ReasonOf(result);
  LogEvent(Severity::kError, "main.failed",
           {{"program", program},
            {"code", absl::StatusCodeToString(result.code())},
            {"reason", reason},
            {"message", result.message()}});
  return 1;
}

}  // namespace main_internal
}  // namespace eid
