// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/stage.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"

namespace eid::integration {
namespace {

namespace fs = std::filesystem;

constexpr size_t kShortestSecret = 8;

std::unique_ptr<Stage>& Current() {
  static std::unique_ptr<Stage> stage;
  return stage;
}

std::string NewDirectory() {
  const fs::path base = fs::temp_directory_path();
  std::string name = (base / "eid-integration-XXXXXX").string();
  return mkdtemp(name.data()) == nullptr ? "" : name;
}

std::string Contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

}  // namespace

Stage& Stage::Get() {
  if (Current() == nullptr) {
    std::unique_ptr<Stage> stage(new Stage);
    stage->directory_ = NewDirectory();
    REQUIRE(!stage->directory_.empty());
    stage->world_ = testing::Value(suite::World::Create({.directory = stage->directory_}));
    for (const suite::Person* officer : {&stage->world_->administrator(), &stage->world_->intake(),
                                         &stage->world_->reviewer(), &stage->world_->approver()}) {
      stage->SecretsOf(*officer);
    }
    Current() = std::move(stage);
  }
  return *Current();
}

bool Stage::IsOpen() { return Current() != nullptr; }

std::vector<std::string> Stage::End() {
  std::vector<std::string> wrong;
  if (Current() == nullptr) return wrong;
  // The callers before the called.
  std::vector<std::string> names = suite::ProgramNames();
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const int code = Current()->suite().Stop(*name);
    if (code != 0) wrong.push_back(absl::StrCat(*name, " ended with ", code));
  }
  Current().reset();
  return wrong;
}

Stage::~Stage() {
  people_.clear();
  world_.reset();
  if (std::getenv("EID_TEST_KEEP") != nullptr) {
    std::printf("kept: %s\n", directory_.c_str());
    return;
  }
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

suite::Person& Stage::Admit(const std::string& personal_id) {
  std::unique_ptr<suite::Person>& person = people_[personal_id];
  if (person == nullptr) {
    person = testing::Value(world_->Admit(personal_id));
    SecretsOf(*person);
  }
  return *person;
}

suite::Person& Stage::Appoint(const std::string& personal_id, policy::v1::OfficerRole role) {
  suite::Person& person = Admit(personal_id);
  identity::v1::GrantRoleRequest request;
  request.set_request_id(suite::NewRequestId());
  request.set_account_id(person.account_id());
  request.set_role(role);
  request.set_unit_code(suite::kAuthorityUnit);
  suite::Person& administrator = world_->administrator();
  REQUIRE_OK(administrator.Do(*administrator.officers,
                              &identity::v1::OfficerService::Stub::GrantRole, request));
  // The next token carries the role.
  REQUIRE_OK(person.Login());
  SecretsOf(person);
  return person;
}

void Stage::Secret(absl::string_view text) {
  if (text.size() >= kShortestSecret) secrets_.emplace_back(text);
}

void Stage::SecretsOf(const suite::Person& person) {
  Secret(person.data().personal_id);
  Secret(person.data().full_name);
  // With and without the country's prefix.
  if (person.data().phone.size() > 1) Secret(absl::string_view(person.data().phone).substr(1));
  Secret(person.password());
  Secret(person.session().access_token());
  Secret(person.session().refresh_token());
}

std::vector<std::string> Stage::FindSecrets() const {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    if (entry.path().extension() != ".log") continue;
    const std::string log = Contents(entry.path());
    for (const std::string& secret : secrets_) {
      const size_t at = log.find(secret);
      if (at == std::string::npos) continue;
      const size_t line = log.rfind('\n', at);
      found.push_back(absl::StrCat(entry.path().filename().string(), ": ", secret.substr(0, 16),
                                   " in ",
                                   log.substr(line == std::string::npos ? 0 : line + 1, 300)));
    }
  }
  return found;
}

}  // namespace eid::integration
