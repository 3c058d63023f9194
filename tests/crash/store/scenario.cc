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

// So many folders of stores with which something was wrong are enough.
constexpr size_t kMostKept = 3;

uint64_t SeedOf(const Settings& settings, absl::string_view name) {
  const std::string text(name);
  std::seed_seq mixed(text.begin(), text.end());
  uint32_t words[2];
  mixed.generate(words, words + 2);
  return settings.seed ^ (uint64_t{words[0]} << 32 | words[1]);
}

}  // namespace

void Figures::Add(const Ending& ending) {
  acked += ending.newly_acked;
  findings.Add(ending.findings);
  for (const auto& [name, value] : ending.figures) figures[name] += value;
  if (ending.too_slow) Violation(Wrong::kHarness, "it did not come to an end");
}

bool Caught(const Mutant& mutant, const Figures& figures) {
  return figures.findings.Has(mutant.produces);
}

Rig::Rig(const Settings& of, absl::string_view name, Figures& all)
    : settings(of),
      figures(all),
      wrong_before(all.wrong()),
      folder(absl::StrCat(of.folder, "/", name)),
      random(SeedOf(of, name)) {
  // A mutant that died leaves its own behind.
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  fs::create_directories(folder + "/volume");
  fs::create_directories(folder + "/mark");
  fs::create_directories(folder + "/trash");
}

Rig::~Rig() {
  const bool is_wrong = settings.wanted.empty() && figures.wrong() > wrong_before;
  if (is_wrong && figures.kept.size() < kMostKept) {
    figures.kept.push_back(folder);
    return;
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

bool Rig::over() const {
  return settings.wanted.empty() ? figures.wrong() > wrong_before : figures.Done(settings);
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
  constexpr size_t kTail = 1000;
  return text.size() > kTail ? text.substr(text.size() - kTail) : text;
}

void Rig::CheckUndisturbed(const std::string& after) {
  if (over()) return;
  const Ending ending = RunChild(history, {.log = log()}, [this](const Teller& teller) {
    Work(teller, history, Options(), {.seed = random(), .operations_of_each = 0});
  });
  figures.Add(ending);
  if (ending.code != 0 && !ending.too_slow) {
    figures.Violation(Wrong::kEnded,
                      absl::StrCat(after, ": ended with ", ending.code, ": ", LogTail()));
  }
  if (!ending.refusal.ok()) {
    figures.Violation(Wrong::kRefused,
                      absl::StrCat(after, ": refused: ", ending.refusal.ToString()));
  }
}

const std::vector<Scenario>& Scenarios() {
  static const auto* const kScenarios = new std::vector<Scenario>{
      {"power_loss",
       {{"sync_off", {Wrong::kLost, Wrong::kRefused}},
        {"reply_before_write", {Wrong::kLost}},
        {"store_folder_not_synced", {Wrong::kRefused}}},
       PowerLoss},
      {"byte_flip",
       {{"default_wal_recovery", {Wrong::kLost, Wrong::kAccepted}},
        {"damaged_headers_accepted", {Wrong::kLost, Wrong::kAccepted}}},
       ByteFlip},
      {"file_deleted",
       {{"no_high_water_mark", {Wrong::kLost, Wrong::kAccepted}},
        {"mark_lags", {Wrong::kLost, Wrong::kAccepted}}},
       FileDeleted},
      {"older_copy", {{"no_high_water_mark", {Wrong::kLost, Wrong::kAccepted}}}, OlderCopy},
      {"io_error_nth",
       {{"go_on_after_failed_write", {Wrong::kLost, Wrong::kRefused}},
        {"failed_folder_sync_forgotten", {Wrong::kLost, Wrong::kRefused}}},
       IoErrorNth},
      {"disk_full", {{"space_not_watched", {Wrong::kEnded}}}, DiskFull},
      {"kill_points",
       {{"reply_before_write", {Wrong::kLost}},
        {"request_id_not_stored", {Wrong::kDuplicate}},
        {"feed_entry_outside_batch", {Wrong::kHalf}},
        {"mark_before_write", {Wrong::kRefused}}},
       KillPoints},
  };
  return *kScenarios;
}

}  // namespace eid::crash
