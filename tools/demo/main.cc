// SPDX-License-Identifier: Apache-2.0
// eid_demo: starts the suite and takes registrations through the five steps.
#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "tools/demo/demo.h"

namespace {

constexpr char kUsage[] =
    "usage: tools/dev demo [--count N] [--keep] [--stop]\n"
    "  --count N  takes N more registrations through the five steps (at most 10000)\n"
    "  --keep     leaves everything running and prints lines to try\n"
    "  --stop     stops what an earlier --keep left running\n";

}  // namespace

int main(int argc, char** argv) {
  eid::demo::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--keep") {
      arguments.keep = true;
    } else if (word == "--stop") {
      arguments.stop = true;
    } else if (word == "--count" && i + 1 < argc &&
               absl::SimpleAtoi(argv[i + 1], &arguments.count) && arguments.count > 0 &&
               arguments.count <= 10'000) {
      ++i;
    } else {
      std::fputs(kUsage, word == "--help" ? stdout : stderr);
      return word == "--help" ? 0 : 2;
    }
  }
  return eid::demo::Run(arguments);
}
