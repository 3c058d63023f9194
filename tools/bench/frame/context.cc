// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/context.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace eid::bench {
namespace {

namespace fs = std::filesystem;

// Where this program lies: build/<preset>/bin.
fs::path BinFolder() { return fs::path(EID_BINARY_DIR) / "bin"; }

absl::Status BadValue(absl::string_view flag, absl::string_view value) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": \"", value, "\" will not do"));
}

absl::Status SetOption(absl::string_view flag, const std::string& value, Options& options) {
  double number = 0;
  if (flag == "rows") {
    options.rows = absl::StrSplit(value, ',', absl::SkipEmpty());
  } else if (flag == "json") {
    options.json_path = value;
  } else if (flag == "work") {
    options.work_path = value;
  } else if (flag == "rounds") {
    if (!absl::SimpleAtoi(value, &options.rounds) || options.rounds < 1) {
      return BadValue(flag, value);
    }
  } else if (flag == "seconds") {
    if (!absl::SimpleAtod(value, &number) || number < 0.1) return BadValue(flag, value);
    options.duration = absl::Seconds(number);
  } else {
    return absl::InvalidArgumentError(absl::StrCat("no flag --", flag));
  }
  return absl::OkStatus();
}

// Flags that are there or not.
bool SetSwitch(absl::string_view flag, Options& options) {
  if (flag == "quick") return true;
  if (flag == "list") {
    options.list = true;
  } else if (flag == "help") {
    options.help = true;
  } else {
    return false;
  }
  return true;
}

}  // namespace

absl::string_view Usage() {
  return "Usage: eid_bench [--rows ID,...] [--rounds N] [--seconds S] [--quick] [--list]\n"
         "                 [--json PATH] [--work FOLDER]\n"
         "\n"
         "  --rows     only these rows; --list prints them\n"
         "  --rounds   interleaved rounds, 5\n"
         "  --seconds  how long each contender is measured in a round at the level of the bar, 2\n"
         "  --quick    two short rounds at the level of the bar: to see that it works\n"
         "  --json     where the figures go, build/<preset>/bench.json\n"
         "  --work     where stores are made, on the disk to be measured, build/<preset>/bench\n";
}

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  options.json_path = absl::StrCat(EID_BINARY_DIR, "/bench.json");
  options.work_path = absl::StrCat(EID_BINARY_DIR, "/bench");
  // First, wherever it stands: what else is said goes beyond it.
  if (std::find(arguments.begin(), arguments.end(), "--quick") != arguments.end()) {
    options.quick = true;
    options.rounds = 2;
    options.duration = absl::Milliseconds(500);
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view flag = arguments[i];
    if (!absl::ConsumePrefix(&flag, "--")) {
      return absl::InvalidArgumentError(absl::StrCat("what is \"", flag, "\"?"));
    }
    if (SetSwitch(flag, options)) continue;
    std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(flag, absl::MaxSplits('=', 1));
    std::string value(parts.second);
    if (parts.first == flag) {
      if (++i == arguments.size()) return BadValue(flag, "");
      value = arguments[i];
    }
    absl::Status status = SetOption(parts.first, value, options);
    if (!status.ok()) return status;
  }
  return options;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

absl::StatusOr<std::string> Context::FreshFolder(absl::string_view name) const {
  const fs::path path = fs::path(options_.work_path) / std::string(name);
  std::error_code error;
  fs::remove_all(path, error);
  if (!error) fs::create_directories(path, error);
  if (error) return absl::InternalError(absl::StrCat(path.string(), ": ", error.message()));
  return path.string();
}

std::string Context::Program(absl::string_view name) const {
  return (BinFolder() / std::string(name)).string();
}

absl::StatusOr<std::string> Context::Certificates() {
  if (certificates_.has_value()) return *certificates_;
  const std::string folder = absl::StrCat(options_.work_path, "/certs");
  const std::string command =
      absl::StrCat("'", EID_SOURCE_DIR, "/tools/make_certs' '", folder, "'");
  if (std::system(command.c_str()) != 0) {
    return absl::InternalError(absl::StrCat(command, " failed"));
  }
  certificates_ = folder;
  return folder;
}

absl::StatusOr<std::string> FindSystemProgram(absl::string_view name, absl::string_view package) {
  const char* const path = std::getenv("PATH");
  const std::string folders = absl::StrCat(path == nullptr ? "" : path, ":/usr/sbin:/usr/bin");
  for (const absl::string_view folder : absl::StrSplit(folders, ':', absl::SkipEmpty())) {
    std::string candidate = absl::StrCat(folder, "/", name);
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return absl::FailedPreconditionError(
      absl::StrCat(name, ": not installed; apt-get install ", package));
}

std::string OutputOf(const std::string& command) {
  FILE* const pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string output;
  char buffer[512];
  size_t count = 0;
  while ((count = fread(buffer, 1, sizeof buffer, pipe)) > 0) output.append(buffer, count);
  return pclose(pipe) == 0 ? output : "";
}

}  // namespace eid::bench
