// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/scenario.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/crash/store/work.h"

namespace eid::crash {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxExamples = 10;

uint64_t SeedOf(const Settings& settings, absl::string_view name) {
  const std::string text(name);
  std::seed_seq mixed(text.begin(), text.end());
  uint32_t words[2];
  mixed.generate(words, words + 2);
  return settings.seed ^ (uint64_t{words[0]} << 32 | words[1]);
}

}  // namespace

void Figures::Violation(std::string what) {
  ++violations;
  if (examples.size() < kMaxExamples) examples.push_back(std::move(what));
}

void Figures::Add(const Ending& ending) {
  acked += ending.newly_acked;
  findings.Add(ending.findings);
  for (const auto& [name, value] : ending.figures) figures[name] += value;
  if (ending.too_slow) Violation("it did not come to an end");
}

void Figures::Add(const Figures& more) {
  cycles += more.cycles;
  acked += more.acked;
  findings.Add(more.findings);
  for (const auto& [name, value] : more.figures) figures[name] += value;
  violations += more.violations;
  for (const std::string& example : more.examples) {
    if (examples.size() < kMaxExamples) examples.push_back(example);
  }
}

Rig::Rig(const Settings& settings, absl::string_view name)
    : folder(absl::StrCat(settings.folder, "/", name)), random(SeedOf(settings, name)) {
  // A mutant that died leaves its own behind.
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  fs::create_directories(folder + "/volume");
  fs::create_directories(folder + "/mark");
  fs::create_directories(folder + "/trash");
}

Rig::~Rig() {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

kv::DatabaseOptions Rig::Options() const {
  return {.path = folder + "/volume/store",
          .high_water_path = folder + "/mark/mark",
          .block_cache_bytes = size_t{1} << 20,
          .write_buffer_bytes = size_t{64} << 10};
}

std::string Rig::LogTail() const {
  std::ifstream file(log());
  std::string text(std::istreambuf_iterator<char>(file), {});
  constexpr size_t kTail = 400;
  return text.size() > kTail ? text.substr(text.size() - kTail) : text;
}

void Rig::CheckUndisturbed(const std::string& after, Figures& figures) {
  const Ending ending = RunChild(history, {.log = log()}, [this](const Teller& teller) {
    Work(teller, history, Options(), {.seed = random(), .operations_of_each = 0});
  });
  figures.Add(ending);
  if (ending.code != 0) {
    figures.Violation(absl::StrCat(after, ": ended with ", ending.code, ": ", LogTail()));
  }
  if (!ending.refusal.ok()) {
    figures.Violation(absl::StrCat(after, ": refused: ", ending.refusal.ToString()));
  }
}

const std::vector<Scenario>& Scenarios() {
  static const auto* const kScenarios = new std::vector<Scenario>{
      {"power_loss", {"sync_off", "reply_before_write", "store_folder_not_synced"}, PowerLoss},
      {"byte_flip", {"default_wal_recovery", "damaged_headers_accepted"}, ByteFlip},
      {"file_deleted", {"no_high_water_mark", "mark_lags"}, FileDeleted},
      {"older_copy", {"no_high_water_mark"}, OlderCopy},
      {"io_error_nth", {"go_on_after_failed_write"}, IoErrorNth},
      {"disk_full", {"space_not_watched"}, DiskFull},
      {"kill_points",
       {"reply_before_write", "request_id_not_stored", "feed_entry_outside_batch",
        "mark_before_write"},
       KillPoints},
  };
  return *kScenarios;
}

}  // namespace eid::crash
