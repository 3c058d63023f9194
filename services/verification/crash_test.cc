// SPDX-License-Identifier: Apache-2.0
// Whatever the moment of a crash: the verification ends where it should, and no source that has answered is asked again.
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/fault/fault.h"
#include "common/testing/temporary_folder.h"
#include "services/verification/testing/fakes.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

using eid::testing::Value;
using testing::Rig;

constexpr char kFolder[] = "VERIFICATION_TEST_FOLDER";
constexpr char kChild[] = "child: verifies until its fail point ends it";

Rig::Options At(const std::string& folder) {
  Rig::Options options;
  options.database = {.path = folder + "/store", .high_water_path = folder + "/mark"};
  return options;
}

// Two representatives and the organization, whose registry fails first.
v1::EnsureVerificationRequest TheRequest() {
  dossier::v1::Dossier dossier = testing::Dossier();
  *dossier.add_co_representatives() = testing::Declared(testing::OtherPerson());
  return testing::Request("r-1", dossier);
}

void Prepare(Rig& rig) {
  registry::v1::OrganizationRecord organization = testing::Organization();
  *organization.add_representatives() = testing::Registered(testing::OtherPerson());
  rig.business.Put(organization);
}

// Started by the test below as a process of its own.
TEST_CASE("child: verifies until its fail point ends it", "[.child]") {
  const char* const folder = std::getenv(kFolder);
  REQUIRE(folder != nullptr);
  Rig rig(At(folder));
  Prepare(rig);
  rig.business.Fail(absl::UnavailableError("down"));
  REQUIRE_OK(rig.Ensure(TheRequest()));
  rig.Settle();
  rig.business.Fail(absl::OkStatus());
  rig.RunUntil(rig.clock.TimeNow() + absl::Seconds(30));
  REQUIRE(Value(rig.Get("r-1.1")).state() == v1::Verification::STATE_CONCLUDED);
}

// True: the child ended at its fail point; false: it came to its end.
bool CrashesAt(const std::string& fail_point, const std::string& folder) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  std::vector<std::string> arguments = {self, kChild};
  std::vector<std::string> environment = {"EID_FAILPOINT=" + fail_point,
                                          absl::StrCat(kFolder, "=", folder)};
  const auto pointers = [](std::vector<std::string>& strings) {
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (std::string& string : strings) result.push_back(string.data());
    result.push_back(nullptr);
    return result;
  };
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, self.c_str(), nullptr, nullptr, pointers(arguments).data(),
                      pointers(environment).data()) == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE((WEXITSTATUS(status) == 137 || WEXITSTATUS(status) == 0));
  return WEXITSTATUS(status) == 137;
}

TEST_CASE("a crash at any commit repeats at most a look-up") {
  const std::string point = GENERATE("before_write", "after_write");
  if (!fault::kEnabled) return;
  bool crashed = true;
  int crashes = 0;
  for (int n = 1; crashed; ++n) {
    INFO(point << ":" << n);
    const TemporaryFolder folder;
    crashed = CrashesAt(absl::StrCat(point, ":", n), folder.path());
    crashes += crashed;

    Rig rig(At(folder.path()));
    Prepare(rig);
    const v1::Verification left = Value(rig.Ensure(TheRequest()));
    int unanswered = 0;
    for (const v1::Lookup& lookup : left.lookups()) unanswered += !lookup.has_receipt();
    rig.RunUntil(rig.clock.TimeNow() + absl::Minutes(10));
    const v1::Verification done = Value(rig.Get("r-1.1"));
    CHECK(done.state() == v1::Verification::STATE_CONCLUDED);
    CHECK(done.result() == v1::VERIFICATION_RESULT_MATCH);
    CHECK(rig.population.calls() + rig.business.calls() == unanswered);
    v1::ListVerificationsRequest all;
    CHECK(Value(rig.List(all)).verifications_size() == 1);
    // What was answered before the crash is as it was.
    for (int i = 0; i < left.lookups_size(); ++i) {
      if (!left.lookups(i).has_receipt()) continue;
      CHECK(done.lookups(i).receipt().SerializeAsString() ==
            left.lookups(i).receipt().SerializeAsString());
    }
    REQUIRE(n < 50);
  }
  CHECK(crashes >= 3);
}

}  // namespace
}  // namespace eid::verification
