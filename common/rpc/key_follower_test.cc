// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/key_follower.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "common/auth/token.h"
#include "common/clock/clock.h"
#include "common/crypto/keys.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/eventually.h"
#include "common/testing/matchers.h"

namespace eid::rpc {
namespace {

using eid::testing::Eventually;
using eid::testing::Value;

// Answers GetSigningKeys as identity does, or fails.
class FakeIdentity final : public grpc::CallbackGenericService {
 public:
  void Set(absl::StatusOr<policy::v1::SigningKeySet> keys) {
    absl::MutexLock lock(&mu_);
    keys_ = std::move(keys);
  }
  // Waits until it has been asked `count` times from now on.
  void AwaitAsked(int count) {
    absl::MutexLock lock(&mu_);
    wanted_ = asked_ + count;
    mu_.Await(absl::Condition(
        +[](FakeIdentity* self)
             ABSL_NO_THREAD_SAFETY_ANALYSIS { return self->asked_ >= self->wanted_; },
        this));
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    class Answer final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Answer(absl::StatusOr<policy::v1::SigningKeySet> keys) {
        if (!keys.ok()) {
          Finish(ToGrpc(keys.status()));
          return;
        }
        const std::string bytes = keys->SerializeAsString();
        const grpc::Slice slice(bytes);
        buffer_ = grpc::ByteBuffer(&slice, 1);
        StartWriteAndFinish(&buffer_, {}, grpc::Status::OK);
      }
      void OnDone() override { delete this; }

     private:
      grpc::ByteBuffer buffer_;
    };
    absl::MutexLock lock(&mu_);
    ++asked_;
    if (context->method() != "/eid.identity.v1.AuthenticationService/GetSigningKeys") {
      return new Answer(absl::UnimplementedError(context->method()));
    }
    return new Answer(keys_);
  }

 private:
  absl::Mutex mu_;
  int asked_ ABSL_GUARDED_BY(mu_) = 0;
  int wanted_ ABSL_GUARDED_BY(mu_) = 0;
  absl::StatusOr<policy::v1::SigningKeySet> keys_ ABSL_GUARDED_BY(mu_) =
      absl::UnavailableError("not yet");
};

struct Key {
  crypto::PrivateKey key = crypto::PrivateKey::Generate(crypto::Algorithm::kEs256);
  std::string id = auth::KeyIdOf(key.Public());

  std::string Token(const std::string& account) const {
    const int64_t now = absl::ToUnixSeconds(Clock::Real().TimeNow());
    policy::v1::AccessClaims claims;
    claims.set_sub(account);
    claims.set_jti("jti");
    claims.set_sid("session");
    claims.set_iat(now);
    claims.set_nbf(now);
    claims.set_exp(now + 60);
    claims.set_auth_time(now);
    claims.set_account_level(2);
    claims.set_authentication_level(2);
    claims.set_principal(policy::v1::PRINCIPAL_KIND_SELF);
    return Value(auth::TokenSigner(key, id).Sign(claims));
  }
};

policy::v1::SigningKeySet SetOf(std::vector<const Key*> keys) {
  policy::v1::SigningKeySet set;
  for (const Key* key : keys) {
    auto* added = set.add_keys();
    added->set_key_id(key->id);
    added->set_public_key(key->key.Public().Spki());
    added->set_retire_time(absl::ToUnixSeconds(Clock::Real().TimeNow()) + 3600);
  }
  return set;
}

TEST_CASE("keys are followed from identity, whenever it comes up") {
  FakeIdentity identity;
  testing::InProcess server({}, &identity);
  auth::TokenVerifier verifier(Clock::Real());
  KeyFollower follower(
      server.channel(), verifier,
      KeyFollower::Options{.refresh = absl::Hours(1), .least_pause = absl::Milliseconds(5)});
  const VerifyToken verify = follower.verify();
  const Key first;
  identity.AwaitAsked(2);
  CHECK(verify(first.Token("a")).status().code() == absl::StatusCode::kUnavailable);

  identity.Set(SetOf({&first}));
  // One question may have been under way with the old answer; after a failure it asks again soon.
  identity.AwaitAsked(1);
  REQUIRE(Eventually([&] { return verifier.has_keys(); }));
  CHECK(Value(verify(first.Token("a")))->sub() == "a");

  // A new key is looked for when a token of it comes, not an hour later.
  const Key second;
  identity.Set(SetOf({&first, &second}));
  CHECK(verify(second.Token("b")).status().code() == absl::StatusCode::kUnauthenticated);
  REQUIRE(Eventually([&] { return verify(second.Token("b")).ok(); }));
  CHECK(Value(verify(second.Token("b")))->sub() == "b");
}

TEST_CASE("keys stay when identity goes away or knows none") {
  FakeIdentity identity;
  testing::InProcess server({}, &identity);
  auth::TokenVerifier verifier(Clock::Real());
  const Key key;
  identity.Set(SetOf({&key}));
  KeyFollower follower(server.channel(), verifier,
                       KeyFollower::Options{.refresh = absl::Milliseconds(10),
                                            .least_pause = absl::Milliseconds(5)});
  REQUIRE(Eventually([&] { return verifier.has_keys(); }));
  for (const absl::StatusOr<policy::v1::SigningKeySet>& answer :
       {absl::StatusOr<policy::v1::SigningKeySet>(absl::UnavailableError("gone")),
        absl::StatusOr<policy::v1::SigningKeySet>(policy::v1::SigningKeySet())}) {
    identity.Set(answer);
    identity.AwaitAsked(3);
    CHECK_OK(follower.verify()(key.Token("a")));
  }
}

TEST_CASE("a follower ends at once, even while it looks") {
  PeerConfig nobody;
  auth::TokenVerifier verifier(Clock::Real());
  auto channel = grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
  const absl::Time start = Clock::Real().TimeNow();
  { KeyFollower follower(channel, verifier, KeyFollower::Options{.timeout = absl::Hours(1)}); }
  CHECK(Clock::Real().TimeNow() - start < absl::Seconds(5));
}

}  // namespace
}  // namespace eid::rpc
