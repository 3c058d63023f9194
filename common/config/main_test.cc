// SPDX-License-Identifier: Apache-2.0
#include "common/config/main.h"

#include <iostream>
#include <sstream>

#include "common/testing/catch.h"
#include "common/testing/temporary_folder.h"
#include "eid/policy/v1/token.pb.h"

namespace eid {
namespace {

using policy::v1::SigningKeySet;

// Takes a stream's output while it lives.
class Captured {
 public:
  explicit Captured(std::ostream& stream) : stream_(stream), old_(stream.rdbuf(text_.rdbuf())) {}
  ~Captured() { stream_.rdbuf(old_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* const old_;
};

struct Result {
  int code;
  std::string out;
  std::string err;
};

std::vector<std::string> seen;

absl::Status Run(const SigningKeySet& config) {
  seen.assign(config.ended_sessions().begin(), config.ended_sessions().end());
  if (seen == std::vector<std::string>{"fail"}) return absl::UnavailableError("no disk");
  return absl::OkStatus();
}

absl::Status RunWithRest(const SigningKeySet&, const std::vector<std::string>& rest) {
  seen = rest;
  return absl::OkStatus();
}

template <typename Function>
Result Call(std::vector<const char*> arguments, Function run) {
  arguments.insert(arguments.begin(), "/usr/bin/thing");
  seen.clear();
  Captured out(std::cout), err(std::cerr);
  const int code = Main<SigningKeySet>(static_cast<int>(arguments.size()), arguments.data(), run);
  return {code, out.text(), err.text()};
}

TEST_CASE("both forms of --config") {
  const TemporaryFolder folder;
  const std::string path = folder.Write("config.textproto", "ended_sessions: \"s\"");
  CHECK(Call({("--config=" + path).c_str()}, &Run).code == 0);
  CHECK(seen == std::vector<std::string>{"s"});
  CHECK(Call({"--config", path.c_str()}, &Run).code == 0);
  CHECK(seen == std::vector<std::string>{"s"});
}

TEST_CASE("an error of run is 1") {
  const TemporaryFolder folder;
  const std::string path = folder.Write("config.textproto", "ended_sessions: \"fail\"");
  CHECK(Call({"--config", path.c_str()}, &Run).code == 1);
}

TEST_CASE("wrong flags are 2 and are explained") {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {}, {"--config"}, {"--config="}, {"--confg=x"}, {"x"}, {"--config=x", "--verbose"}}) {
    const Result result = Call(arguments, &Run);
    CHECK(result.code == 2);
    CHECK_THAT(result.err, Catch::StartsWith("thing: ") && Catch::Contains("--help"));
    CHECK(seen.empty());
  }
}

TEST_CASE("a wrong configuration is 2 and is explained") {
  const TemporaryFolder folder;
  const std::string path = folder.Write("config.textproto", "keys {}\nkees {}\n");
  const Result result = Call({"--config", path.c_str()}, &Run);
  CHECK(result.code == 2);
  CHECK_THAT(result.err,
             Catch::Contains(path + ":2:") && Catch::Contains("eid.policy.v1.SigningKeySet"));
  CHECK(Call({"--config=/nowhere"}, &Run).code == 2);
}

TEST_CASE("--version and --help") {
  CHECK(Call({"--version"}, &Run).out == "thing " + std::string(Version()) + "\n");
  const Result help = Call({"--help"}, &Run);
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Catch::Contains("ended_sessions: repeated string") &&
                           Catch::Contains("keys: repeated eid.policy.v1.SigningKey"));
}

TEST_CASE("the rest of the arguments, in order, for who asks") {
  const TemporaryFolder folder;
  const std::string path = folder.Write("config.textproto", "");
  CHECK(Call({"a", "--config", path.c_str(), "--b=c"}, &RunWithRest).code == 0);
  CHECK(seen == std::vector<std::string>{"a", "--b=c"});
}

}  // namespace
}  // namespace eid
