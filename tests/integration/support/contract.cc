// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/contract.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/policy.h"
#include "common/testing/matchers.h"
#include "eid/admin/v1/admin_service.pb.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "eid/approval/v1/notification_service.pb.h"
#include "eid/delivery/v1/delivery_service.pb.h"
#include "eid/identity/v1/account_service.pb.h"
#include "eid/identity/v1/authentication_service.pb.h"
#include "eid/identity/v1/officer_service.pb.h"
#include "eid/identity/v1/organization_service.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "eid/simulator/v1/simulator_control_service.pb.h"
#include "eid/trunk/v1/trunk_service.pb.h"
#include "eid/verification/v1/verification_service.pb.h"

namespace eid::integration {
namespace {

namespace pb = google::protobuf;

// A descriptor is there only if its file is linked.
void LinkAll() {
  admin::v1::Info::descriptor();
  approval::v1::CaseEvent::descriptor();
  approval::v1::NotificationEvent::descriptor();
  delivery::v1::DeliverRequest::descriptor();
  identity::v1::Account::descriptor();
  identity::v1::Session::descriptor();
  identity::v1::Officer::descriptor();
  identity::v1::Organization::descriptor();
  org_registration::v1::RegistrationEvent::descriptor();
  registry::v1::PersonRecord::descriptor();
  simulator::v1::Behavior::descriptor();
  trunk::v1::CarryRequest::descriptor();
  verification::v1::VerificationEvent::descriptor();
}

// Which programs serve a package.
std::vector<std::string> ProgramsOf(const std::string& package) {
  if (package == "eid.admin.v1") return Services();
  if (package == "eid.trunk.v1") {
    return {"identity", "org_registration", "verification", "approval"};
  }
  if (package == "eid.registry.v1") return {"registry_business"};
  if (package == "eid.delivery.v1" || package == "eid.simulator.v1") return {"carrier"};
  // "eid.<program>.v1"
  return {package.substr(4, package.size() - 7)};
}

// The contracts with their comments.
const pb::DescriptorPool& PoolWithComments() {
  static const pb::DescriptorPool* const pool = [] {
    std::ifstream file(EID_CONTRACT_WITH_COMMENTS, std::ios::binary);
    pb::FileDescriptorSet set;
    REQUIRE(set.ParseFromIstream(&file));
    auto* made = new pb::DescriptorPool;
    for (const pb::FileDescriptorProto& proto : set.file()) {
      REQUIRE(made->BuildFile(proto) != nullptr);
    }
    return made;
  }();
  return *pool;
}

bool SaysRequired(const pb::FieldDescriptor& field) {
  pb::SourceLocation location;
  if (!field.GetSourceLocation(&location)) return false;
  for (const absl::string_view words : {"Required.", "Required;", "Required, "}) {
    if (absl::StrContains(location.leading_comments, words)) return true;
  }
  return false;
}

}  // namespace

bool Rpc::Admits(policy::v1::Audience audience) const {
  return std::count(policy.audiences().begin(), policy.audiences().end(), audience) > 0;
}

bool Rpc::ServicesOnly() const {
  return policy.audiences_size() == 1 && Admits(policy::v1::AUDIENCE_SERVICE);
}

std::unique_ptr<pb::Message> Rpc::NewRequest() const {
  return std::unique_ptr<pb::Message>(
      pb::MessageFactory::generated_factory()->GetPrototype(descriptor->input_type())->New());
}

const std::vector<Rpc>& AllRpcs() {
  static const std::vector<Rpc>* const all = [] {
    LinkAll();
    auto* rpcs = new std::vector<Rpc>;
    for (const std::string& name : rpc::LinkedServices("eid.")) {
      const auto* service = pb::DescriptorPool::generated_pool()->FindServiceByName(name);
      const std::string& package = service->file()->package();
      for (const std::string& program : ProgramsOf(package)) {
        for (int i = 0; i < service->method_count(); ++i) {
          const auto* method = service->method(i);
          rpcs->push_back({.descriptor = method,
                           .path = absl::StrCat("/", name, "/", method->name()),
                           .service = name,
                           .program = program,
                           .policy = method->options().GetExtension(policy::v1::method),
                           .fronted = package != "eid.registry.v1" &&
                                      package != "eid.delivery.v1" &&
                                      package != "eid.simulator.v1" && package != "eid.trunk.v1"});
        }
      }
    }
    return rpcs;
  }();
  return *all;
}

const Rpc& RpcNamed(absl::string_view name) {
  const auto found = std::find_if(AllRpcs().begin(), AllRpcs().end(), [&](const Rpc& rpc) {
    return absl::EndsWith(rpc.path, absl::StrCat(".", name));
  });
  INFO(std::string(name));
  REQUIRE(found != AllRpcs().end());
  return *found;
}

std::vector<std::string> RequiredFields(const Rpc& rpc) {
  const auto* type =
      PoolWithComments().FindMessageTypeByName(rpc.descriptor->input_type()->full_name());
  REQUIRE(type != nullptr);
  std::vector<std::string> fields;
  for (int i = 0; i < type->field_count(); ++i) {
    if (SaysRequired(*type->field(i))) fields.push_back(type->field(i)->name());
  }
  std::sort(fields.begin(), fields.end());
  return fields;
}

const std::vector<std::string>& Services() {
  static const auto* const services = new std::vector<std::string>{
      "identity", "verification", "org_registration", "approval", "gateway"};
  return *services;
}

}  // namespace eid::integration
