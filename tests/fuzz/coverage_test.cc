// SPDX-License-Identifier: Apache-2.0
// Nothing is left out: every request of every contract and every message of every store has an
// entry, or a reason why not.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/kv/storage.pb.h"
#include "common/outbox/storage.pb.h"
#include "common/testing/catch.h"
#include "google/protobuf/descriptor.pb.h"
#include "services/approval/storage.pb.h"
#include "services/identity/storage.pb.h"
#include "services/org_registration/storage.pb.h"
#include "services/verification/storage.pb.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/properties.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/rows.h"
#include "tests/fuzz/samples.h"

namespace eid::fuzz {
namespace {

// Without an entry, and why.
const std::map<std::string, std::string>& Exceptions() {
  static const auto* const exceptions = new std::map<std::string, std::string>{
      {"eid.admin.v1.GetInfoRequest", "has no field"},
      {"eid.identity.v1.GetSigningKeysRequest", "has no field"},
      {"eid.registry.v1.LookupPersonRequest", "registries validate it, not the suite"},
      {"eid.registry.v1.LookupOrganizationRequest", "registries validate it, not the suite"},
      {"eid.delivery.v1.DeliverRequest", "carriers validate it, not the suite"},
      {"eid.trunk.v1.CarryRequest", "carries requests that have entries of their own"},
      {"eid.simulator.v1.SetBehaviorRequest", "drives a simulator"},
      {"eid.simulator.v1.GetBehaviorRequest", "drives a simulator"},
      {"eid.simulator.v1.PutPersonRequest", "drives a simulator"},
      {"eid.simulator.v1.PutOrganizationRequest", "drives a simulator"},
      {"eid.simulator.v1.ListMessagesRequest", "drives a simulator"},
      // Parts of rows that have an entry.
      {"eid.identity.Failures", "part of ThrottleRow"},
      {"eid.identity.Bucket", "part of ThrottleRow"},
      {"eid.verification.LookupRow", "part of VerificationRow"},
  };
  return *exceptions;
}

std::set<std::string> Covered() {
  std::set<std::string> names;
  for (const auto& entries : {IdentityEntries(), OrgRegistrationEntries(), VerificationEntries(),
                              ApprovalEntries(), IdentityRows(), OtherRows(), KvRows()}) {
    for (const MessageEntry& entry : entries) names.insert(entry.type->full_name());
  }
  return names;
}

std::set<std::string> Requests() {
  google::protobuf::FileDescriptorSet contracts;
  std::ifstream file(EID_FUZZ_CONTRACTS, std::ios::binary);
  REQUIRE(contracts.ParseFromIstream(&file));
  std::set<std::string> names;
  for (const auto& contract : contracts.file()) {
    for (const auto& service : contract.service()) {
      for (const auto& method : service.method()) {
        // ".eid.identity.v1.LoginRequest"
        names.insert(method.input_type().substr(1));
      }
    }
  }
  return names;
}

std::set<std::string> StoredMessages() {
  std::set<std::string> names;
  for (const google::protobuf::FileDescriptor* file :
       {approval::CaseRow::descriptor()->file(), identity::AccountRow::descriptor()->file(),
        org_registration::RegistrationRow::descriptor()->file(),
        verification::VerificationRow::descriptor()->file(),
        outbox::MessageRow::descriptor()->file(), kv::StateRow::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i)
      names.insert(file->message_type(i)->full_name());
  }
  return names;
}

std::vector<std::string> Missing(const std::set<std::string>& names) {
  const std::set<std::string> covered = Covered();
  std::vector<std::string> missing;
  std::copy_if(names.begin(), names.end(), std::back_inserter(missing),
               [&](const std::string& name) {
                 return covered.count(name) == 0 && Exceptions().count(name) == 0;
               });
  return missing;
}

TEST_CASE("every request of every contract is fuzzed") {
  const std::set<std::string> requests = Requests();
  CHECK(requests.size() > 40);
  CHECK(Missing(requests) == std::vector<std::string>());
}

TEST_CASE("every message of every store is fuzzed") {
  CHECK(Missing(StoredMessages()) == std::vector<std::string>());
}

TEST_CASE("exceptions are of things that are there") {
  std::set<std::string> known = Requests();
  known.merge(StoredMessages());
  for (const auto& [name, why] : Exceptions()) {
    INFO(name << ": " << why);
    CHECK(known.count(name) == 1);
    CHECK(Covered().count(name) == 0);
  }
}

TEST_CASE("paths of fields are told from what only looks like one") {
  identity::v1::LoginRequest request;
  FillWithSamples(request);
  CHECK(HasPath(request, "factors"));
  CHECK(HasPath(request, "factors[0].one_time_code.code"));
  CHECK_FALSE(HasPath(request, "factors[1]"));
  CHECK_FALSE(HasPath(request, "factors[0"));
  CHECK_FALSE(HasPath(request, "factors.passcode"));
  CHECK_FALSE(HasPath(request, "personal_id.digits"));
  CHECK_FALSE(HasPath(request, ""));
}

TEST_CASE("whatever bytes become text") { CHECK(MadeUtf8("a\xff\xc3\xa1") == "a?\xc3\xa1"); }

}  // namespace
}  // namespace eid::fuzz
