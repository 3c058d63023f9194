// SPDX-License-Identifier: Apache-2.0
// Puts verification on the wire.
#pragma once

#include <utility>
#include <vector>

#include "common/rpc/admin_rpc.h"
#include "common/rpc/carried.h"
#include "common/rpc/handle.h"
#include "common/rpc/watch.h"
#include "eid/verification/v1/verification_service.grpc.pb.h"
#include "services/verification/operations.h"
#include "services/verification/person_checks.h"

namespace eid::verification {

class VerificationRpc final : public v1::VerificationService::CallbackService {
 public:
  VerificationRpc(Operations& operations, rpc::Watches& watches, rpc::ReadPool& readers,
                  const rpc::Pipeline& pipeline)
      : operations_(operations), watches_(watches), readers_(readers), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* GetVerification(grpc::CallbackServerContext* context,
                                            const v1::GetVerificationRequest* request,
                                            v1::Verification* response) override {
    return rpc::Handle(pipeline_, "/eid.verification.v1.VerificationService/GetVerification",
                       *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Verification> reply) {
                         operations_.Get(call, *request, std::move(reply));
                       });
  }
  grpc::ServerUnaryReactor* ListVerifications(grpc::CallbackServerContext* context,
                                              const v1::ListVerificationsRequest* request,
                                              v1::ListVerificationsResponse* response) override {
    return rpc::HandleLong(
        readers_, pipeline_, "/eid.verification.v1.VerificationService/ListVerifications", *context,
        response,
        [this, request](const rpc::Call& call, rpc::Reply<v1::ListVerificationsResponse> reply) {
          operations_.List(call, *request, std::move(reply));
        });
  }
  grpc::ServerUnaryReactor* RetryVerification(grpc::CallbackServerContext* context,
                                              const v1::RetryVerificationRequest* request,
                                              v1::Verification* response) override {
    return rpc::Handle(pipeline_, "/eid.verification.v1.VerificationService/RetryVerification",
                       *context, response,
                       [&](const rpc::Call& call, rpc::Reply<v1::Verification> reply) {
                         operations_.Retry(call, *request, std::move(reply));
                       });
  }
  grpc::ServerWriteReactor<v1::VerificationEvent>* WatchVerifications(
      grpc::CallbackServerContext* context, const v1::WatchVerificationsRequest* request) override {
    return rpc::Watch<v1::VerificationEvent>(
        pipeline_, "/eid.verification.v1.VerificationService/WatchVerifications", *context,
        watches_, [&](const rpc::Call&) {
          return rpc::WatchPlan<v1::VerificationEvent>{
              .after = operations_.WatchFrom(*request),
              .event = [this](const kv::FeedEntry& entry,
                              uint64_t resume) { return operations_.EventOf(entry, resume); },
              .heartbeat = [this](uint64_t revision) { return operations_.Heartbeat(revision); }};
        });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(
        *this, v1::VerificationService::service_full_name(), &VerificationRpc::GetVerification,
        &VerificationRpc::ListVerifications, &VerificationRpc::RetryVerification);
  }

 private:
  Operations& operations_;
  rpc::Watches& watches_;
  rpc::ReadPool& readers_;
  const rpc::Pipeline& pipeline_;
};

class VerificationIntakeRpc final : public v1::VerificationIntakeService::CallbackService {
 public:
  VerificationIntakeRpc(Operations& operations, const rpc::Pipeline& pipeline)
      : operations_(operations), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* EnsureVerification(grpc::CallbackServerContext* context,
                                               const v1::EnsureVerificationRequest* request,
                                               v1::Verification* response) override {
    return rpc::Handle(
        pipeline_, "/eid.verification.v1.VerificationIntakeService/EnsureVerification", *context,
        response, [&](const rpc::Call& call, rpc::Reply<v1::Verification> reply) {
          operations_.Ensure(call, *request, std::move(reply));
        });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::VerificationIntakeService::service_full_name(),
                               &VerificationIntakeRpc::EnsureVerification);
  }

 private:
  Operations& operations_;
  const rpc::Pipeline& pipeline_;
};

class PersonCheckRpc final : public v1::PersonCheckService::CallbackService {
 public:
  PersonCheckRpc(PersonChecks& checks, const rpc::Pipeline& pipeline)
      : checks_(checks), pipeline_(pipeline) {}

  grpc::ServerUnaryReactor* CheckPerson(grpc::CallbackServerContext* context,
                                        const v1::CheckPersonRequest* request,
                                        v1::CheckPersonResponse* response) override {
    return rpc::Handle(pipeline_, "/eid.verification.v1.PersonCheckService/CheckPerson", *context,
                       response,
                       [&](const rpc::Call& call, rpc::Reply<v1::CheckPersonResponse> reply) {
                         checks_.Check(call, *request, std::move(reply));
                       });
  }

  std::vector<rpc::UnaryMethod> unary_methods() {
    return rpc::UnaryMethodsOf(*this, v1::PersonCheckService::service_full_name(),
                               &PersonCheckRpc::CheckPerson);
  }

 private:
  PersonChecks& checks_;
  const rpc::Pipeline& pipeline_;
};

// All of verification's own services. The collaborators outlive it.
class Wire {
 public:
  Wire(Operations& operations, PersonChecks& checks, rpc::Watches& watches,
       const rpc::Pipeline& pipeline)
      : verification_(operations, watches, readers_, pipeline),
        intake_(operations, pipeline),
        person_check_(checks, pipeline) {}

  // These, and the given one.
  std::vector<grpc::Service*> services(rpc::AdminRpc& admin) {
    return {&verification_, &intake_, &person_check_, &admin};
  }
  std::vector<std::vector<rpc::UnaryMethod>> unary_methods(rpc::AdminRpc& admin) {
    return {verification_.unary_methods(), intake_.unary_methods(), person_check_.unary_methods(),
            admin.unary_methods()};
  }

 private:
  rpc::ReadPool readers_;
  VerificationRpc verification_;
  VerificationIntakeRpc intake_;
  PersonCheckRpc person_check_;
};

}  // namespace eid::verification
