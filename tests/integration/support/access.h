// SPDX-License-Identifier: Apache-2.0
// Who may call what, worked out from the contract alone: the tests' own reading of the policy, apart
// from the one that they check.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "eid/policy/v1/token.pb.h"
#include "tests/integration/support/contract.h"
#include "tests/integration/support/raw_call.h"
#include "tests/integration/support/stage.h"

namespace eid::integration {

// What a caller shows for a person.
struct TokenCase {
  std::string name;
  // Empty: none is sent.
  std::string token;
  // What a good one says; absent for none and for every bad one.
  std::optional<policy::v1::AccessClaims> claims = std::nullopt;
};

// A way to a program.
struct Door {
  std::string name;
  std::shared_ptr<grpc::Channel> channel;
  // The gateway is for everybody, the port of a program for the holders of certificates.
  bool is_gateway = false;
  // Whether TLS lets the caller in at all.
  bool connects = true;
  // Whom the certificate names; "" for none.
  std::string peer = {};
};

// What becomes of a call.
enum class Fate {
  kAdmitted,         // reaches the operation, whatever that answers
  kUnauthenticated,  // log in first
  kDenied,           // not for this caller
  kUnknown,          // there is no such thing on this side
  kNotConnected,
  kBroken,  // anything that must never be
};
std::string NameOf(Fate fate);

// Which service may call which gRPC service in its own name: (gRPC service, caller).
using CallerPairs = std::set<std::pair<std::string, std::string>>;
// What the configuration of a program allows (deploy/dev/<program>.textproto).
CallerPairs CallersIn(const std::string& program);

// What must become of the call.
Fate ExpectedFate(const Rpc& rpc, const TokenCase& token, const Door& door,
                  const CallerPairs& callers);
// What did.
Fate ObservedFate(const Answer& answer);

// Good tokens of people of every kind, and bad ones of every kind. Fails the test if they cannot be
// made.
std::vector<TokenCase> MakeTokens(Stage& stage);
// Certificates that must be refused, beside those of the suite.
void MakeRogueCertificates(Stage& stage);
// A way to the port of `program` with the certificate `name` ("": none).
Door DirectDoor(Stage& stage, const std::string& program, const std::string& name);

// The metadata that a call of `rpc` needs at the gateway.
RawOptions OptionsFor(const Rpc& rpc, const TokenCase& token);

}  // namespace eid::integration
