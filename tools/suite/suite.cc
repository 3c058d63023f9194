// SPDX-License-Identifier: Apache-2.0
#include "tools/suite/suite.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/macros.h"
#include "tools/suite/ports.h"

namespace eid::suite {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStartTimeout = absl::Seconds(60);

// Which binary a program is.
std::string BinaryOf(absl::string_view name) {
  if (name == "carrier") return "eid_carrier_simulator";
  if (absl::StartsWith(name, "registry_")) return "eid_registry_simulator";
  return absl::StrCat("eid_", name);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

absl::Status WriteFile(const std::string& path, absl::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

// Runs a program to its end.
absl::Status RunToEnd(std::vector<std::string> command, const std::string& log_path) {
  const std::string program = command.front();
  ASSIGN_OR_RETURN(std::unique_ptr<Process> process,
                   Process::Start({.command = std::move(command), .log_path = log_path}));
  const int code = process->Wait();
  if (code == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(program, " ended with ", code, "; its log ends:\n", TailOf(log_path)));
}

}  // namespace

const std::vector<std::string>& ProgramNames() {
  static const auto* const names = new std::vector<std::string>{"registry_population",
                                                                "registry_business",
                                                                "registry_special",
                                                                "carrier",
                                                                "verification",
                                                                "identity",
                                                                "approval",
                                                                "org_registration",
                                                                "gateway"};
  return *names;
}

absl::StatusOr<std::unique_ptr<Suite>> Suite::Create(SuiteOptions options) {
  std::error_code error;
  fs::create_directories(options.directory, error);
  if (error) return absl::UnavailableError(absl::StrCat(options.directory, ": ", error.message()));
  options.directory = fs::absolute(options.directory).string();
  std::unique_ptr<Suite> suite(new Suite(std::move(options)));
  RETURN_IF_ERROR(RunToEnd({EID_SOURCE_DIR "/tools/make_certs", suite->certificates()},
                           suite->log_path("certificates")));
  ASSIGN_OR_RETURN(const std::vector<int> ports, FreePorts(ProgramNames().size()));
  for (size_t i = 0; i < ports.size(); ++i) suite->ports_[ProgramNames()[i]] = ports[i];
  for (const std::string& name : ProgramNames()) RETURN_IF_ERROR(suite->WriteConfig(name));
  return suite;
}

std::string Suite::address(const std::string& name) const {
  return absl::StrCat("127.0.0.1:", ports_.at(name));
}

absl::Status Suite::WriteConfig(const std::string& name) const {
  ASSIGN_OR_RETURN(std::string text,
                   ReadFile(absl::StrCat(EID_SOURCE_DIR "/deploy/dev/", name, ".textproto")));
  const std::string state = absl::StrCat(options_.directory, "/", name);
  std::error_code error;
  fs::create_directories(state, error);
  if (error) return absl::UnavailableError(absl::StrCat(state, ": ", error.message()));
  std::vector<std::pair<std::string, std::string>> values = {
      {"@LISTEN@", address(name)},
      {"@STATE@", state},
      {"@CERTS@", certificates()},
      {"@RULES@", EID_SOURCE_DIR "/deploy/rules"},
      {"@SEED@", EID_SOURCE_DIR "/tools/simulators/seed"}};
  for (const auto& [program, port] : ports_) {
    values.emplace_back(absl::StrCat("@", absl::AsciiStrToUpper(program), "@"), address(program));
  }
  absl::StrReplaceAll(values, &text);
  return WriteFile(config_path(name), text);
}

absl::Status Suite::Bootstrap(absl::string_view bootstrap) {
  const std::string path = options_.directory + "/bootstrap.textproto";
  RETURN_IF_ERROR(WriteFile(path, bootstrap));
  absl::Status status = RunToEnd({EID_BINARY_DIR "/eid_identity",
                                  "--config=" + config_path("identity"), "--bootstrap=" + path},
                                 log_path("identity"));
  std::error_code ignored;
  fs::remove(path, ignored);
  return status;
}

absl::Status Suite::StartAll() {
  for (const std::string& name : ProgramNames()) RETURN_IF_ERROR(Start(name));
  return absl::OkStatus();
}

absl::Status Suite::Start(const std::string& name, std::vector<std::string> environment) {
  processes_.erase(name);
  ASSIGN_OR_RETURN(processes_[name],
                   Process::Start({.command = {absl::StrCat(EID_BINARY_DIR "/", BinaryOf(name)),
                                               "--config=" + config_path(name)},
                                   .environment = std::move(environment),
                                   .log_path = log_path(name),
                                   .outlives_us = options_.outlives_us}));
  return processes_[name]->WaitListening(kStartTimeout);
}

void Suite::Kill(const std::string& name) {
  Process& process = *processes_.at(name);
  process.Signal(SIGKILL);
  process.Wait();
}

int Suite::Stop(const std::string& name) {
  Process& process = *processes_.at(name);
  process.Signal(SIGTERM);
  if (!process.WaitFor(kStopTimeout)) process.Signal(SIGKILL);
  return process.Wait();
}

void Suite::StopAll() {
  std::vector<std::string> names = ProgramNames();
  std::reverse(names.begin(), names.end());
  for (const std::string& name : names) {
    if (processes_.contains(name)) Stop(name);
  }
}

}  // namespace eid::suite
