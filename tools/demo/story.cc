// SPDX-License-Identifier: Apache-2.0
#include "tools/demo/story.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace eid::demo {

std::string Took(double seconds) {
  return seconds < 1 ? absl::StrFormat("%.1f ms", seconds * 1000)
                     : absl::StrFormat("%.2f s", seconds);
}

void Story::Chapter(absl::string_view title) {
  if (!status_.ok()) return;
  absl::PrintF("\n== %s\n", title);
}

void Story::Step(absl::string_view who, absl::string_view what,
                 const std::function<absl::StatusOr<std::string>()>& act) {
  if (!status_.ok()) return;
  const absl::Time begin = absl::Now();
  const absl::StatusOr<std::string> stored = act();
  const std::string took = Took(absl::ToDoubleSeconds(absl::Now() - begin));
  ++steps_;
  if (!stored.ok()) {
    status_ = stored.status();
    absl::PrintF("  %-24s %s: FAILED after %s\n    %s\n", who, what, took,
                 status_.ToString(absl::StatusToStringMode::kDefault));
  } else {
    absl::PrintF("  %-24s %s\n  %24s -> %s  [%s]\n", who, what, "", *stored, took);
  }
  std::fflush(stdout);
}

}  // namespace eid::demo
