// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/watched.h"

#include <unistd.h>
#include <ctime>

#include <algorithm>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace eid::bench {
namespace {

using std::chrono::nanoseconds;

nanoseconds ReadClock(clockid_t clock) {
  timespec time = {};
  if (clock_gettime(clock, &time) != 0) return nanoseconds(0);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

std::string ProcFile(pid_t pid, const char* name) {
  return absl::StrCat("/proc/", pid == 0 ? "self" : absl::StrCat(pid), "/", name);
}

}  // namespace

nanoseconds CpuTimeOf(pid_t pid) {
  clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
  // The same as utime and stime of /proc/<pid>/stat, but not in steps of 10 ms.
  if (pid != 0 && clock_getcpuclockid(pid, &clock) != 0) return nanoseconds(0);
  return ReadClock(clock);
}

double RssMibOf(pid_t pid) {
  std::ifstream file(ProcFile(pid, "statm"));
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

nanoseconds BusyTimeOfMachine() {
  std::ifstream file("/proc/stat");
  std::string cpu;
  // user nice system idle iowait irq softirq; what the hypervisor took is nobody's here.
  int64_t ticks[7] = {};
  file >> cpu;
  for (int64_t& tick : ticks) file >> tick;
  const int64_t busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
  return std::chrono::seconds(1) * busy / sysconf(_SC_CLK_TCK);
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::ifstream file(ProcFile(pid, absl::StrCat("task/", pid, "/children").c_str()));
  std::vector<pid_t> children;
  pid_t child = 0;
  while (file >> child) children.push_back(child);
  return children;
}

Meter::Meter(const Watched& watched) : watched_(watched), fsyncs_(ReadFsyncs()), begin_(Read()) {}

std::optional<uint64_t> Meter::ReadFsyncs() const {
  return watched_.fsyncs ? watched_.fsyncs() : std::nullopt;
}

Meter::Reading Meter::Read() const {
  Reading reading = {.time = std::chrono::steady_clock::now(),
                     .cpu = nanoseconds(0),
                     .own = CpuTimeOf(0),
                     .machine = BusyTimeOfMachine()};
  for (const pid_t pid : watched_.pids) reading.cpu += CpuTimeOf(pid);
  return reading;
}

Sample Meter::Finish(uint64_t calls) const {
  using Microseconds = std::chrono::duration<double, std::micro>;
  const Reading end = Read();
  const std::optional<uint64_t> fsyncs_after = ReadFsyncs();
  const double seconds = std::chrono::duration<double>(end.time - begin_.time).count();
  const nanoseconds measured = end.cpu - begin_.cpu;
  const bool watches_us =
      std::find(watched_.pids.begin(), watched_.pids.end(), 0) != watched_.pids.end();
  const nanoseconds load = watches_us ? nanoseconds(0) : end.own - begin_.own;
  const nanoseconds others = end.machine - begin_.machine - measured - load;
  const bool counted = fsyncs_.has_value() && fsyncs_after.has_value();
  const double fsyncs = counted ? static_cast<double>(*fsyncs_after - *fsyncs_) : 0;

  Sample sample;
  sample.calls = calls;
  sample.calls_per_second = static_cast<double>(calls) / seconds;
  if (calls > 0) {
    sample.cpu_us_per_call = Microseconds(measured).count() / static_cast<double>(calls);
    sample.load_us_per_call = Microseconds(load).count() / static_cast<double>(calls);
  }
  sample.fsyncs_per_second = fsyncs / seconds;
  if (fsyncs > 0) sample.calls_per_fsync = static_cast<double>(calls) / fsyncs;
  sample.others_busy = std::max(0.0, std::chrono::duration<double>(others).count() / seconds);
  for (const pid_t pid : watched_.pids) sample.rss_mib += RssMibOf(pid);
  return sample;
}

}  // namespace eid::bench
