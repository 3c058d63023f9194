// SPDX-License-Identifier: Apache-2.0
// The registrations that the demonstration shows.
#pragma once

#include <memory>
#include <string>

#include "tools/demo/story.h"
#include "tools/suite/world.h"

namespace eid::demo {

// What is left of the stories for those who want to try it themselves.
struct Outcome {
  // The applicant of the first story, logged in.
  std::unique_ptr<suite::Person> applicant;
  // File code of the first registration.
  std::string file_code;
  // The first organization.
  std::string organization_id;
};

// The five steps with two representatives.
Outcome TellFiveSteps(suite::World& world, Story& story);
// A mismatch that is sent back, corrected and approved.
void TellSupplement(suite::World& world, Story& story);
// A refusal with its coded reason.
void TellRefusal(suite::World& world, Story& story);
// A registry that is down when it is needed.
void TellRegistryDown(suite::World& world, Story& story);
// One filed twice with the same request_id.
void TellFiledTwice(suite::World& world, Story& story);

}  // namespace eid::demo
