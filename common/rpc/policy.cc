// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/policy.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace eid::rpc {
namespace {

namespace pb = google::protobuf;

// What is wrong with a policy, "" if nothing.
std::string Flaw(const pb::MethodDescriptor& method) {
  if (!method.options().HasExtension(policy::v1::method)) return "no policy";
  const policy::v1::Policy& policy = method.options().GetExtension(policy::v1::method);
  if (policy.audiences().empty()) return "no audience";
  for (const int audience : policy.audiences()) {
    if (audience == policy::v1::AUDIENCE_UNSPECIFIED || !policy::v1::Audience_IsValid(audience)) {
      return "an unknown audience";
    }
  }
  for (const int role : policy.roles()) {
    if (role == policy::v1::OFFICER_ROLE_UNSPECIFIED || !policy::v1::OfficerRole_IsValid(role)) {
      return "an unknown role";
    }
  }
  if (policy.rate_class() == policy::v1::RATE_CLASS_UNSPECIFIED ||
      !policy::v1::RateClass_IsValid(policy.rate_class())) {
    return "no rate class";
  }
  return "";
}

std::unique_ptr<Method> Describe(const pb::MethodDescriptor& method) {
  auto described = std::make_unique<Method>();
  described->service = method.service()->full_name();
  described->path = absl::StrCat("/", described->service, "/", method.name());
  described->package = method.file()->package();
  described->policy = method.options().GetExtension(policy::v1::method);
  described->client_streaming = method.client_streaming();
  described->server_streaming = method.server_streaming();
  return described;
}

}  // namespace

absl::StatusOr<PolicyMap> PolicyMap::Build(const std::vector<std::string>& services) {
  PolicyMap map;
  map.services_ = services;
  std::vector<std::string> flaws;
  for (const std::string& name : services) {
    const auto* service = pb::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      flaws.push_back(absl::StrCat(name, ": not linked"));
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const pb::MethodDescriptor& method = *service->method(i);
      if (std::string flaw = Flaw(method); !flaw.empty()) {
        flaws.push_back(absl::StrCat(method.full_name(), ": ", flaw));
        continue;
      }
      auto described = Describe(method);
      std::string path = described->path;
      map.methods_.insert_or_assign(std::move(path), std::move(described));
    }
  }
  if (!flaws.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("policies with holes: ", absl::StrJoin(flaws, "; ")));
  }
  return map;
}

const Method* PolicyMap::Find(absl::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : found->second.get();
}

std::vector<const Method*> PolicyMap::methods() const {
  std::vector<const Method*> all;
  all.reserve(methods_.size());
  for (const auto& [path, method] : methods_) all.push_back(method.get());
  std::sort(all.begin(), all.end(),
            [](const Method* a, const Method* b) { return a->path < b->path; });
  return all;
}

std::vector<std::string> LinkedServices(absl::string_view prefix) {
  std::vector<std::string> files;
  // The only way to list what is linked; the pool itself can only be asked by name.
  pb::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::vector<std::string> services;
  for (const std::string& name : files) {
    const auto* file = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) continue;
    for (int i = 0; i < file->service_count(); ++i) {
      if (absl::StartsWith(file->service(i)->full_name(), prefix)) {
        services.push_back(file->service(i)->full_name());
      }
    }
  }
  std::sort(services.begin(), services.end());
  services.erase(std::unique(services.begin(), services.end()), services.end());
  return services;
}

}  // namespace eid::rpc
