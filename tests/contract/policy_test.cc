// SPDX-License-Identifier: Apache-2.0
// Every RPC says who may call it, and says it without contradiction.
#include <algorithm>
#include <string>

#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "eid/policy/v1/policy.pb.h"
#include "tests/contract/compare.h"

namespace eid::contract {
namespace {

using google::protobuf::FileDescriptorSet;
using policy::v1::Policy;

// Calls check(full name, descriptor) for each RPC of the suite; gives their number.
template <class Check>
int ForEachMethod(const FileDescriptorSet& set, Check check) {
  int count = 0;
  for (const auto& file : set.file()) {
    for (const auto& service : file.service()) {
      for (const auto& method : service.method()) {
        ++count;
        check(file.package() + "." + service.name() + "." + method.name(), method);
      }
    }
  }
  return count;
}

bool Admits(const Policy& policy, policy::v1::Audience audience) {
  const auto& audiences = policy.audiences();
  return std::find(audiences.begin(), audiences.end(), audience) != audiences.end();
}

TEST_CASE("every RPC has a policy that makes sense") {
  const auto set = testing::Value(ReadDescriptorSet(EID_CONTRACT_CURRENT));
  const int count = ForEachMethod(set, [](const std::string& name, const auto& method) {
    INFO(name);
    REQUIRE(method.options().HasExtension(policy::v1::method));
    const Policy& policy = method.options().GetExtension(policy::v1::method);
    const bool person =
        Admits(policy, policy::v1::AUDIENCE_HOLDER) || Admits(policy, policy::v1::AUDIENCE_OFFICER);
    CHECK(policy.audiences_size() > 0);
    CHECK_FALSE(Admits(policy, policy::v1::AUDIENCE_UNSPECIFIED));
    // Whoever is let in without a token is let in: other conditions beside it would be an illusion.
    CHECK((!Admits(policy, policy::v1::AUDIENCE_PUBLIC) || policy.audiences_size() == 1));
    CHECK((policy.roles().empty() || Admits(policy, policy::v1::AUDIENCE_OFFICER)));
    CHECK((person ||
           (policy.least_account_level() == 0 && policy.least_authentication_level() == 0)));
    CHECK((person || policy.principal() == policy::v1::PRINCIPAL_KIND_UNSPECIFIED));
    CHECK(policy.least_account_level() >= 0);
    CHECK(policy.least_account_level() <= 2);
    CHECK(policy.least_authentication_level() >= 0);
    CHECK(policy.least_authentication_level() <= 4);
    CHECK(policy.rate_class() != policy::v1::RATE_CLASS_UNSPECIFIED);
    CHECK((policy.rate_class() == policy::v1::RATE_CLASS_WATCH) == method.server_streaming());
  });
  CHECK(count > 0);
}

}  // namespace
}  // namespace eid::contract
