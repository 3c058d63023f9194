// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace eid::bench {

// What the command line says.
struct Options {
  // Ids; empty: all rows.
  std::vector<std::string> rows;
  int rounds = 5;
  // For the level of a row's bar; the others get half of it.
  absl::Duration duration = absl::Seconds(2);
  // Only the level of each row's bar.
  bool quick = false;
  // Only print what there is.
  bool list = false;
  bool help = false;
  std::string json_path;
  // Where stores are made; on the disk that is to be measured.
  std::string work_path;
};

// INVALID_ARGUMENT.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);
absl::string_view Usage();

// A folder that goes with its contents when this does: what waits to be written back of it no longer
// disturbs who is measured next.
class Scratch {
 public:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// What contenders need to know of the place where they run. Not thread-safe.
class Context {
 public:
  explicit Context(Options options) : options_(std::move(options)) {}

  const Options& options() const { return options_; }
  // A folder of this name in the work folder, empty.
  absl::StatusOr<std::string> FreshFolder(absl::string_view name) const;
  // The path of a program of this build: "eid_gateway".
  std::string Program(absl::string_view name) const;
  // A folder with ca.crt, <name>.crt, <name>.key, made by tools/make_certs when first asked for.
  absl::StatusOr<std::string> Certificates();

 private:
  const Options options_;
  std::optional<std::string> certificates_;
};

// The path of a program of the system, in PATH or /usr/sbin; FAILED_PRECONDITION that says which
// package has it: FindSystemProgram("nginx", "nginx-light").
absl::StatusOr<std::string> FindSystemProgram(absl::string_view name, absl::string_view package);
// What a command prints (stdout and stderr), run by the shell; empty if it fails.
std::string OutputOf(const std::string& command);

}  // namespace eid::bench
