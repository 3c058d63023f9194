// SPDX-License-Identifier: Apache-2.0
// eid_demo: starts the suite and takes registrations through the five steps.
#include <cstdio>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tools/demo/kept.h"
#include "tools/demo/crowd.h"
#include "tools/demo/stories.h"
#include "tools/demo/story.h"
#include "tools/demo/try_it.h"
#include "tools/suite/world.h"

namespace {

using eid::demo::Arguments;

constexpr char kUsage[] =
    "usage: tools/dev demo [--count N] [--keep] [--stop]\n"
    "  --count N  takes N more registrations through the five steps (at most 10000)\n"
    "  --keep     leaves everything running and prints lines to try\n"
    "  --stop     stops what an earlier --keep left running\n";

int Run(const Arguments& arguments) {
  eid::demo::StopKept();
  if (arguments.stop) return 0;
  eid::demo::Story story;
  const absl::Time begin = absl::Now();
  std::unique_ptr<eid::suite::World> world;
  story.Chapter("The suite: gateway, four services, three registries and a carrier, over TLS");
  story.Step("operator", "starts it, with an administrator who appoints three officers",
             [&]() -> absl::StatusOr<std::string> {
               auto created = eid::suite::World::Create(
                   {.directory = eid::demo::FreshDirectory(), .outlives_us = arguments.keep});
               if (!created.ok()) return created.status();
               world = *std::move(created);
               return "9 processes, each with its own store; state in " +
                      world->suite().directory();
             });
  if (!story.status().ok()) return 1;
  if (arguments.keep) eid::demo::RememberKept(world->suite());
  const eid::demo::Outcome outcome = eid::demo::TellFiveSteps(*world, story);
  eid::demo::TellSupplement(*world, story);
  eid::demo::TellRefusal(*world, story);
  eid::demo::TellRegistryDown(*world, story);
  eid::demo::TellFiledTwice(*world, story);
  if (story.status().ok() && arguments.count > 0) {
    story.Step("many", "register", [&]() -> absl::StatusOr<std::string> {
      absl::Status status = eid::demo::RegisterMany(*world, arguments.count);
      if (!status.ok()) return status;
      return "all issued";
    });
  }
  absl::PrintF("\n%s: %d steps in %s\n", story.status().ok() ? "All is well" : "FAILED",
               story.steps(), eid::demo::Took(absl::ToDoubleSeconds(absl::Now() - begin)));
  if (!story.status().ok()) return 1;
  if (arguments.keep) return eid::demo::PrintLinesToTry(*world, outcome).ok() ? 0 : 1;
  world->suite().StopAll();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
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
  return Run(arguments);
}
