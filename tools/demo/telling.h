// SPDX-License-Identifier: Apache-2.0
// Steps and sentences that several stories share.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tools/demo/story.h"
#include "tools/suite/world.h"

namespace eid::demo {

// What is stored, in a sentence.
std::string Describe(const org_registration::v1::Registration& registration);
std::string Describe(const approval::v1::Case& c);
std::string Describe(const verification::v1::Verification& verification);
// A moment in Vietnam.
std::string Local(const google::protobuf::Timestamp& time);
std::string Name(const suite::Person& person);

// Somebody of the seed is enrolled, activates and logs in.
void Admit(suite::World& world, Story& story, const char* personal_id,
           std::unique_ptr<suite::Person>& person);
// Files and submits an organization of the seed; `change` spoils the dossier before.
void File(suite::World& world, Story& story, const char* code,
          std::unique_ptr<suite::Person>& person, org_registration::v1::Registration& registration,
          const std::function<void(dossier::v1::Dossier&)>& change = nullptr);
// Waits for a state.
void AwaitState(Story& story, std::unique_ptr<suite::Person>& person,
                org_registration::v1::Registration& registration,
                org_registration::v1::Registration::State state, absl::string_view what);
// Waits for the end of step 3 and tells what the databases said.
void AwaitVerification(Story& story, std::unique_ptr<suite::Person>& person,
                       org_registration::v1::Registration& registration);
// Reviewer, approver, and the account.
void ApproveAndIssue(suite::World& world, Story& story, std::unique_ptr<suite::Person>& person,
                     org_registration::v1::Registration& registration, const std::string& note);

}  // namespace eid::demo
