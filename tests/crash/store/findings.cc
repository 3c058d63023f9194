// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/store/findings.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace eid::crash {
namespace {

constexpr std::ptrdiff_t kMaxExamplesOfKind = 5;

}  // namespace

absl::string_view NameOf(Wrong kind) {
  switch (kind) {
    case Wrong::kLost: return "lost";
    case Wrong::kHalf: return "half";
    case Wrong::kDuplicate: return "duplicate";
    case Wrong::kAltered: return "altered";
    case Wrong::kOther: return "other";
    case Wrong::kRefused: return "refused";
    case Wrong::kAccepted: return "accepted";
    case Wrong::kEnded: return "ended";
    case Wrong::kHarness: return "harness";
  }
  return "";
}

void Findings::Add(Wrong kind, std::string what) {
  Count(kind, 1);
  Show(kind, std::move(what));
}

void Findings::Show(Wrong kind, std::string what) {
  const auto same = std::count_if(examples_.begin(), examples_.end(),
                                  [&](const Example& one) { return one.kind == kind; });
  if (same < kMaxExamplesOfKind) examples_.push_back({kind, std::move(what)});
}

void Findings::Add(const Findings& more) {
  checked += more.checked;
  for (size_t kind = 0; kind < kWrongs; ++kind) counts_[kind] += more.counts_[kind];
  for (const Example& example : more.examples_) Show(example.kind, example.what);
}

uint64_t Findings::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
}

bool Findings::Has(const std::vector<Wrong>& kinds) const {
  return std::any_of(kinds.begin(), kinds.end(), [&](Wrong kind) { return count(kind) > 0; });
}

std::string Findings::ExampleOf(const std::vector<Wrong>& kinds) const {
  for (const Example& example : examples_) {
    if (std::count(kinds.begin(), kinds.end(), example.kind) > 0) return example.what;
  }
  return "";
}

}  // namespace eid::crash
