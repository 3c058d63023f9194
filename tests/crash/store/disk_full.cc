// SPDX-License-Identifier: Apache-2.0
// The volume fills up under load, and there is space again. A volume of its own, in memory, seen by
// this process and its children alone.
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/sync/mutex.h"
#include "tests/crash/store/scenario.h"
#include "tests/crash/store/tables.h"
#include "tests/crash/store/work.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr char kSize[] = "size=128m";
constexpr size_t kStep = size_t{1} << 20;
constexpr auto kPatience = std::chrono::seconds(30);
// What is promised.
constexpr uint64_t kRefusedWithinMs = 1000;
constexpr uint64_t kHealedWithinMs = 15'000;

uint64_t MillisecondsSince(SteadyClock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begin).count();
}

// A file that takes the place.
class BallastFile {
 public:
  explicit BallastFile(std::string folder) : folder_(std::move(folder)) {}

  void FillTo(uint64_t free_bytes) {
    std::ofstream file(folder_ + "/ballast", std::ios::binary | std::ios::app);
    const std::string zeros(kStep, '\0');
    while (file.good() && Free() > free_bytes) {
      const uint64_t step = std::min<uint64_t>(zeros.size(), Free() - free_bytes);
      file.write(zeros.data(), static_cast<std::streamsize>(step)).flush();
    }
  }
  void Remove() { (void)std::remove((folder_ + "/ballast").c_str()); }

 private:
  uint64_t Free() const {
    struct statvfs volume = {};
    return statvfs(folder_.c_str(), &volume) == 0 ? uint64_t{volume.f_bavail} * volume.f_frsize : 0;
  }
  const std::string folder_;
};

// Clients that never stop asking, and what they were told last.
class Clients {
 public:
  Clients(const Teller& teller, kv::Database& database, const Load& load) {
    for (uint32_t worker = 0; worker < load.workers; ++worker) {
      threads_.emplace_back([=, this, &teller, &database] {
        for (uint64_t operation = load.first_operation + worker; !Stopped();
             operation += load.workers) {
          teller.Invoked(operation, worker, load.ballast);
          const auto begin = SteadyClock::now();
          Note(Ask(teller, database, operation, worker, load.ballast, Asking::kFirst),
               MillisecondsSince(begin));
        }
      });
    }
  }
  ~Clients() {
    {
      const MutexLock lock(mutex_);
      stopped_ = true;
      told_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  // Waits for so many answers of the code from now on. False: they did not come.
  bool Await(absl::StatusCode code, uint64_t count, SteadyClock::duration patience = kPatience) {
    MutexLock lock(mutex_);
    const uint64_t enough = answers_[code] + count;
    const auto give_up = SteadyClock::now() + patience;
    while (answers_[code] < enough) {
      if (!lock.WaitUntil(told_, give_up)) return false;
    }
    return true;
  }
  uint64_t slowest() {
    const MutexLock lock(mutex_);
    return slowest_;
  }

 private:
  void Note(const absl::Status& status, uint64_t milliseconds) {
    MutexLock lock(mutex_);
    ++answers_[status.code()];
    slowest_ = std::max(slowest_, milliseconds);
    told_.notify_all();
    // A client that is told that there is no space does not ask again at once.
    const auto later = SteadyClock::now() + std::chrono::milliseconds(5);
    while (absl::IsResourceExhausted(status) && !stopped_) {
      if (!lock.WaitUntil(told_, later) || SteadyClock::now() >= later) break;
    }
  }
  bool Stopped() {
    const MutexLock lock(mutex_);
    return stopped_;
  }

  Mutex mutex_;
  std::condition_variable told_;
  std::map<absl::StatusCode, uint64_t> answers_ ABSL_GUARDED_BY(mutex_);
  uint64_t slowest_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// In the child; what goes wrong is told as a finding.
void FillAndFree(const Teller& teller, kv::Database& database, const Load& load,
                 const std::string& volume) {
  Findings findings;
  const auto expect = [&](bool holds, const std::string& what) {
    if (!holds) findings.Add(Wrong::kOther, what);
  };
  BallastFile ballast(volume);
  Clients clients(teller, database, load);
  expect(clients.Await(absl::StatusCode::kOk, 200), "no answers while there was space");
  ballast.FillTo(kStep);
  const auto full = SteadyClock::now();
  expect(clients.Await(absl::StatusCode::kResourceExhausted, 1), "no RESOURCE_EXHAUSTED");
  const uint64_t refused_ms = MillisecondsSince(full);
  expect(refused_ms <= kRefusedWithinMs, "RESOURCE_EXHAUSTED came late");
  expect(clients.Await(absl::StatusCode::kResourceExhausted, 100), "refusals stopped");
  expect(database.statistics().out_of_space, "the statistics do not say that the volume is full");
  const absl::Status read =
      Counts().Scan(*database.Read(), {}, [](const Count&, auto) { return true; });
  expect(read.ok(), "a read failed while the volume was full");
  const uint64_t slowest = clients.slowest();
  expect(slowest <= kRefusedWithinMs, absl::StrCat("an answer took ", slowest, " ms"));

  ballast.Remove();
  const auto free = SteadyClock::now();
  expect(clients.Await(absl::StatusCode::kOk, 100), "it did not heal");
  const uint64_t healed_ms = MillisecondsSince(free);
  expect(healed_ms <= kHealedWithinMs, "it healed late");
  teller.Figure("ms until refused, all rounds", refused_ms);
  teller.Figure("ms until healed, all rounds", healed_ms);
  teller.Found(findings);
}

// Filled little by little, and again and again, by others; the store sees it coming.
void SeenComing(Rig& rig) {
  Figures& figures = rig.figures;
  const Load load = {.seed = rig.random(),
                     .first_operation = rig.NextOperations(),
                     .workers = 4,
                     .ballast = 10'000};
  const Ending ending = RunChild(rig.history, {.log = rig.log()}, [&](const Teller& teller) {
    kv::DatabaseOptions options = rig.Options();
    options.write_buffer_bytes = kv::DatabaseOptions().write_buffer_bytes;
    const auto database = OpenAndCompare(teller, rig.history, options);
    if (database == nullptr) return;
    AskAgain(teller, rig.history, *database, load.seed);
    FillAndFree(teller, *database, load, rig.folder + "/volume");
  });
  ++figures.cycles;
  ++figures.figures["seen coming"];
  figures.Add(ending);
  if (ending.code != 0 && !ending.too_slow) {
    figures.Violation(Wrong::kEnded, absl::StrCat("ended with ", ending.code, ": ", rig.LogTail()));
  }
  rig.CheckUndisturbed("after there was space again");
}

// False: nobody was refused. A store that stops ends the process here.
bool FillUntilRefused(Clients& clients, const std::string& volume) {
  const auto give_up = SteadyClock::now() + kPatience;
  // What the store itself gives back, a table that was merged or a log, is taken again.
  while (SteadyClock::now() < give_up) {
    BallastFile(volume).FillTo(0);
    if (clients.Await(absl::StatusCode::kResourceExhausted, 1, std::chrono::milliseconds(100))) {
      return clients.Await(absl::StatusCode::kResourceExhausted, 100);
    }
  }
  return false;
}

// Filled to the last byte between the store's look and its write: it may stop, and must come back.
void AllAtOnce(Rig& rig) {
  Figures& figures = rig.figures;
  const Load load = {.seed = rig.random(),
                     .first_operation = rig.NextOperations(),
                     .workers = 4,
                     .ballast = 10'000};
  BallastFile ballast(rig.folder + "/volume");
  const Ending ending = RunChild(rig.history, {.log = rig.log()}, [&](const Teller& teller) {
    kv::DatabaseOptions options = rig.Options();
    options.free_bytes = [] { return std::numeric_limits<uint64_t>::max(); };
    const auto database = OpenAndCompare(teller, rig.history, options);
    if (database == nullptr) return;
    Clients clients(teller, *database, load);
    Findings findings;
    if (!clients.Await(absl::StatusCode::kOk, 100)) {
      findings.Add(Wrong::kOther, "no answers while there was space");
    } else if (!FillUntilRefused(clients, rig.folder + "/volume")) {
      findings.Add(Wrong::kOther, "the volume is full, and the store neither refuses nor stops");
    }
    teller.Found(findings);
  });
  ++figures.cycles;
  ++figures.figures[ending.code == kAborted ? "all at once: stopped" : "all at once: refused"];
  figures.Add(ending);
  if (ending.code != kAborted && ending.code != 0 && !ending.too_slow) {
    figures.Violation(Wrong::kEnded,
                      absl::StrCat("all at once: ended with ", ending.code, ": ", rig.LogTail()));
  }
  // Started again on the full volume, as a supervisor does.
  const Ending again = RunChild(rig.history, {.log = rig.log()}, [&](const Teller& teller) {
    (void)OpenAndCompare(teller, rig.history, rig.Options());
  });
  figures.Add(again);
  ++figures.figures[again.opened ? "opened while full" : "refused to open while full"];
  if (!again.refusal.ok() && !absl::IsResourceExhausted(again.refusal)) {
    figures.Violation(Wrong::kRefused,
                      absl::StrCat("opening while full: ", again.refusal.ToString()));
  }
  if (again.code != 0) {
    figures.Violation(Wrong::kEnded,
                      absl::StrCat("opening while full: ended with ", again.code, rig.LogTail()));
  }
  ballast.Remove();
  rig.CheckUndisturbed("after there was space again");
}

// In a namespace of its own, where this user may mount what only we see. False: errno says why not.
bool EnterNamespace() {
  if (unshare(CLONE_NEWNS) == 0) return true;
  const auto write_line = [](const char* path, const std::string& line) {
    std::ofstream(path) << line;
  };
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  // As root there, which is this user outside.
  write_line("/proc/self/setgroups", "deny");
  write_line("/proc/self/uid_map", absl::StrCat("0 ", user, " 1"));
  write_line("/proc/self/gid_map", absl::StrCat("0 ", group, " 1"));
  return true;
}

// Empty: the rig's volume is one of its own.
std::string MountVolume(const Rig& rig) {
  const std::string folder = rig.folder + "/volume";
  // Gone with this process, whatever becomes of it.
  if (EnterNamespace() && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
      mount("tmpfs", folder.c_str(), "tmpfs", 0, kSize) == 0) {
    return "";
  }
  return absl::StrCat("a volume of its own needs root or user namespaces (unshare, mount: ",
                      std::strerror(errno), ")");
}

// The volume goes; what was found to be wrong on it is left in its place.
void UnmountVolume(const Rig& rig) {
  const std::string folder = rig.folder + "/volume";
  const std::string saved = rig.folder + "/saved";
  std::error_code ignored;
  if (rig.over()) fs::copy(folder + "/store", saved, fs::copy_options::recursive, ignored);
  (void)umount2(folder.c_str(), MNT_DETACH);
  if (rig.over()) fs::rename(saved, folder + "/store", ignored);
}

}  // namespace

Figures DiskFull(const Settings& settings) {
  Figures figures;
  // What is written stays: after so many rounds the next volume.
  constexpr uint64_t kOfOneVolume = 5;
  const uint64_t rounds = settings.Times(2, 25);
  for (uint64_t round = 0; round < rounds && !figures.Done(settings);) {
    Rig rig(settings, absl::StrCat("disk_full_", round), figures);
    figures.skipped = MountVolume(rig);
    if (!figures.skipped.empty()) return figures;
    for (const uint64_t end = std::min(rounds, round + kOfOneVolume); round < end; ++round) {
      if (!rig.over()) SeenComing(rig);
      if (!rig.over()) AllAtOnce(rig);
    }
    UnmountVolume(rig);
  }
  return figures;
}

}  // namespace eid::crash
