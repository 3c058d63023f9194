// SPDX-License-Identifier: Apache-2.0
// The running suite that the tests of one program share, and the secrets that no log may hold.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/suite/world.h"

namespace eid::integration {

// Starting a suite costs seconds, so a test program has one. Not thread-safe; fails the test that
// asks for it if it cannot be had.
class Stage {
 public:
  // Started by the first test that asks; ended by End(), or with the program.
  static Stage& Get();
  // Stops the programs and removes their directory. The next Get() starts a new one. Gives the
  // programs that did not end with 0, with their codes.
  static std::vector<std::string> End();
  // Whether one is running.
  static bool IsOpen();

  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  suite::World& world() { return *world_; }
  suite::Suite& suite() { return world_->suite(); }

  // A person of the seed with an account of level 2, admitted when first asked for.
  suite::Person& Admit(const std::string& personal_id);
  // The same, with a role; not for the world's own officers.
  suite::Person& Appoint(const std::string& personal_id, policy::v1::OfficerRole role);

  // Notes something that must not stand in any log. Too short a text would be found by chance:
  // anything below eight characters is passed over.
  void Secret(absl::string_view text);
  // Notes what a person has to hide: number, name, phone, password, tokens.
  void SecretsOf(const suite::Person& person);
  // Where in the logs of all programs the secrets stand, "<log>: <beginning of the secret>"; empty
  // is what a test wants.
  std::vector<std::string> FindSecrets() const;
  size_t secret_count() const { return secrets_.size(); }

 private:
  Stage() = default;

  std::string directory_;
  std::unique_ptr<suite::World> world_;
  std::map<std::string, std::unique_ptr<suite::Person>> people_;
  std::vector<std::string> secrets_;
};

}  // namespace eid::integration
