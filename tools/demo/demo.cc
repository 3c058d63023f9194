// SPDX-License-Identifier: Apache-2.0
#include "tools/demo/demo.h"

#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tools/demo/crowd.h"
#include "tools/demo/stories.h"
#include "tools/demo/story.h"
#include "tools/demo/try_it.h"
#include "tools/suite/world.h"

namespace eid::demo {

int Run(const Arguments& arguments) {
  StopKept();
  if (arguments.stop) return 0;
  Story story;
  const absl::Time begin = absl::Now();
  std::unique_ptr<suite::World> world;
  story.Chapter("The suite: gateway, four services, three registries and a carrier, over TLS");
  story.Step(
      "operator", "starts it, with an administrator who appoints three officers",
      [&]() -> absl::StatusOr<std::string> {
        auto created =
            suite::World::Create({.directory = FreshDirectory(), .outlives_us = arguments.keep});
        if (!created.ok()) return created.status();
        world = *std::move(created);
        return "9 processes, each with its own store; state in " + world->suite().directory();
      });
  if (!story.status().ok()) return 1;
  if (arguments.keep) RememberKept(world->suite());
  const Outcome outcome = TellFiveSteps(*world, story);
  TellSupplement(*world, story);
  TellRefusal(*world, story);
  TellRegistryDown(*world, story);
  TellFiledTwice(*world, story);
  if (story.status().ok() && arguments.count > 0) {
    story.Step("many", "register", [&]() -> absl::StatusOr<std::string> {
      absl::Status status = RegisterMany(*world, arguments.count);
      if (!status.ok()) return status;
      return "all issued";
    });
  }
  absl::PrintF("\n%s: %d steps in %s\n", story.status().ok() ? "All is well" : "FAILED",
               story.steps(), Took(absl::ToDoubleSeconds(absl::Now() - begin)));
  if (!story.status().ok()) return 1;
  if (arguments.keep) return PrintLinesToTry(*world, outcome).ok() ? 0 : 1;
  world->suite().StopAll();
  return 0;
}

}  // namespace eid::demo
