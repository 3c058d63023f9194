// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"

#include <csignal>
#include <iostream>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "common/config/config.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/stubs/logging.h"

namespace eid {
namespace {

struct Flags {
  std::string config;
  bool help = false;
  bool version = false;
  std::vector<std::string> rest;
};

// The flags, or what is wrong with them.
absl::StatusOr<Flags> ParseFlags(int argc, const char* const* argv, bool takes_rest) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      flags.help = true;
    } else if (argument == "--version") {
      flags.version = true;
    } else if (argument == "--config") {
      if (++i >= argc) return absl::InvalidArgumentError("--config needs a path");
      flags.config = argv[i];
    } else if (absl::ConsumePrefix(&argument, "--config=")) {
      flags.config = std::string(argument);
    } else if (takes_rest) {
      flags.rest.emplace_back(argument);
    } else {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument \"", argument, "\""));
    }
  }
  if (flags.config.empty() && !flags.help && !flags.version) {
    return absl::InvalidArgumentError("--config=PATH is missing");
  }
  return flags;
}

absl::string_view Program(int argc, const char* const* argv) {
  absl::string_view path = argc > 0 ? argv[0] : "program";
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

std::string Help(absl::string_view program, const google::protobuf::Descriptor& config,
                 bool takes_rest) {
  std::string text =
      absl::StrCat("Usage: ", program, " --config=PATH", takes_rest ? " [ARGUMENT…]" : "",
                   "\n  --config=PATH  the configuration: ", config.full_name(),
                   " in protobuf text format\n"
                   "  --version      prints the version\n"
                   "  --help         prints this\n"
                   "Fields of the configuration:\n");
  for (int i = 0; i < config.field_count(); ++i) {
    const auto& field = *config.field(i);
    absl::string_view type = field.type_name();
    if (field.message_type() != nullptr) type = field.message_type()->full_name();
    if (field.enum_type() != nullptr) type = field.enum_type()->full_name();
    absl::StrAppend(&text, "  ", field.name(), ": ", field.is_repeated() ? "repeated " : "", type,
                    "\n");
  }
  return text;
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
