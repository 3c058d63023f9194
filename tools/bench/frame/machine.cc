// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/machine.h"

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "rocksdb/version.h"
#include "tools/bench/frame/context.h"
#include "tools/bench/frame/histogram.h"

namespace eid::bench {
namespace {

// The value of the first line of a file that begins with `name`, without separators and quotes.
std::string ValueIn(const char* path, absl::string_view name) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, name)) continue;
    while (!rest.empty() && absl::StrContains("=: \t\"", rest.substr(0, 1))) rest.remove_prefix(1);
    absl::ConsumeSuffix(&rest, "\"");
    return std::string(rest);
  }
  return "unknown";
}

std::string FirstLineOf(const std::string& command) {
  const std::string output = OutputOf(command);
  const std::vector<std::string> lines = absl::StrSplit(output, '\n');
  return std::string(absl::StripAsciiWhitespace(lines[0]));
}

std::string VersionOf(absl::string_view name, absl::string_view package,
                      absl::string_view version_flag) {
  const auto path = FindSystemProgram(name, package);
  if (!path.ok()) return std::string(path.status().message());
  return FirstLineOf(absl::StrCat(*path, " ", version_flag));
}

std::string SyncTime(const std::string& work_path) {
  constexpr int kSyncs = 300;
  std::error_code ignored;
  std::filesystem::create_directories(work_path, ignored);
  const std::string path = work_path + "/sync";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return "unknown";
  Histogram times;
  const std::string page(4096, 'x');
  for (int i = 0; i < kSyncs; ++i) {
    if (write(fd, page.data(), page.size()) < 0) break;
    const auto begin = std::chrono::steady_clock::now();
    if (fdatasync(fd) != 0) break;
    const auto took = std::chrono::steady_clock::now() - begin;
    times.Add(static_cast<uint64_t>(std::chrono::nanoseconds(took).count()));
  }
  close(fd);
  unlink(path.c_str());
  return absl::StrFormat("%.0f us median, %.0f us p99", times.Percentile(0.5) / 1000,
                         times.Percentile(0.99) / 1000);
}

std::string Load() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? absl::StrFormat("%.2f", load) : "unknown";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> MachineFacts(const std::string& work_path) {
  utsname kernel = {};
  uname(&kernel);
  return {
      {"processors",
       absl::StrCat(sysconf(_SC_NPROCESSORS_ONLN), ", ", ValueIn("/proc/cpuinfo", "model name"))},
      {"system", absl::StrCat(ValueIn("/etc/os-release", "PRETTY_NAME"), ", kernel ",
                              kernel.release, ", ", kernel.machine)},
      {"memory", ValueIn("/proc/meminfo", "MemTotal")},
      {"load at the start", Load()},
      {"fdatasync of 4 KiB", SyncTime(work_path)},
      {"RocksDB", absl::StrCat(ROCKSDB_MAJOR, ".", ROCKSDB_MINOR, ".", ROCKSDB_PATCH)},
      {"gRPC", grpc::Version()},
      {"etcd", VersionOf("etcd", "etcd-server", "--version")},
      {"nginx", VersionOf("nginx", "nginx-light", "-v")},
  };
}

}  // namespace eid::bench
