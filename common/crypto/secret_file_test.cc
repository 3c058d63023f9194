// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/secret_file.h"

#include <sys/stat.h>

#include <set>
#include <thread>
#include <vector>

#include "common/testing/matchers.h"
#include "common/testing/temporary_folder.h"

namespace eid::crypto {
namespace {

using absl::StatusCode;
using testing::Value;

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

TEST_CASE("a key is made once and loaded ever after") {
  const TemporaryFolder folder;
  const std::string path = folder / "key.pem";
  const PrivateKey made = Value(LoadOrCreateKey(path, Algorithm::kEs256));
  CHECK(ModeOf(path) == 0600);
  CHECK(folder.size() == 1);
  CHECK(Value(LoadOrCreateKey(path, Algorithm::kEs256)).Public() == made.Public());
  CHECK(LoadOrCreateKey(path, Algorithm::kEd25519).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("a secret is made once and loaded ever after") {
  const TemporaryFolder folder;
  const std::string path = folder / "mac.key";
  const std::string made = Value(LoadOrCreateSecret(path, 32));
  CHECK(made.size() == 32);
  CHECK(Value(LoadOrCreateSecret(path, 32)) == made);
  CHECK(LoadOrCreateSecret(path, 16).status().code() == StatusCode::kInvalidArgument);
  CHECK(Value(LoadOrCreateSecret(folder / "other", 32)) != made);
}

TEST_CASE("a file that others may read or change is refused") {
  const TemporaryFolder folder;
  const std::string path = folder / "secret";
  REQUIRE_OK(CreateSecretFile(path, "s"));
  struct Case {
    mode_t mode;
    bool ok;
  };
  for (const Case& c : {Case{0600, true},
                        {0400, true},
                        {0440, true},
                        {0644, false},
                        {0604, false},
                        {0602, false},
                        {0601, false},
                        {0620, false},
                        {0660, false},
                        {0777, false}}) {
    REQUIRE(::chmod(path.c_str(), c.mode) == 0);
    const auto content = ReadSecretFile(path);
    CHECK(content.ok() == c.ok);
    if (!c.ok) CHECK(content.status().code() == StatusCode::kFailedPrecondition);
  }
}

TEST_CASE("what is there is never replaced") {
  const TemporaryFolder folder;
  const std::string path = folder / "secret";
  REQUIRE_OK(CreateSecretFile(path, "first"));
  CHECK(CreateSecretFile(path, "second").code() == StatusCode::kAlreadyExists);
  CHECK(Value(ReadSecretFile(path)) == "first");
  CHECK(folder.size() == 1);
}

TEST_CASE("what cannot be a secret file") {
  const TemporaryFolder folder;
  CHECK(ReadSecretFile(folder / "none").status().code() == StatusCode::kNotFound);
  CHECK_FALSE(CreateSecretFile(folder / "none/secret", "s").ok());
  CHECK_FALSE(LoadOrCreateKey(folder / "none/key", Algorithm::kEs256).ok());
  CHECK(ReadSecretFile(folder / ".").status().code() == StatusCode::kFailedPrecondition);

  REQUIRE_OK(CreateSecretFile(folder / "full", std::string(64 * 1024, 'x')));
  CHECK_OK(ReadSecretFile(folder / "full"));
  REQUIRE_OK(CreateSecretFile(folder / "long", std::string(64 * 1024 + 1, 'x')));
  CHECK(ReadSecretFile(folder / "long").status().code() == StatusCode::kInvalidArgument);

  REQUIRE_OK(CreateSecretFile(folder / "empty", ""));
  CHECK(LoadOrCreateKey(folder / "empty", Algorithm::kEs256).status().code() ==
        StatusCode::kInvalidArgument);
}

TEST_CASE("many that make one at once get the same", "[threads]") {
  const TemporaryFolder folder;
  const std::string path = folder / "secret";
  std::vector<std::string> got(8);
  std::vector<std::thread> threads;
  for (auto& one : got) {
    threads.emplace_back([&] { one = LoadOrCreateSecret(path, 32).value_or(""); });
  }
  for (auto& thread : threads) thread.join();
  CHECK(std::set<std::string>(got.begin(), got.end()).size() == 1);
  CHECK(got[0].size() == 32);
  CHECK(folder.size() == 1);
}

}  // namespace
}  // namespace eid::crypto
