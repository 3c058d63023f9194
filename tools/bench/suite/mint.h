// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/token.h"
#include "eid/policy/v1/policy.pb.h"
#include "tools/suite/suite.h"

namespace eid::bench {

// Access tokens of people who exist for a benchmark alone, signed with the key that identity made for
// itself: the gateway and the services check them as they check any other. So a load may come from
// thousands of people without thousands of enrolments. Thread-safe.
class Mint {
 public:
  // Identity has run once in this suite.
  static absl::StatusOr<Mint> Open(const suite::Suite& suite);

  // A token of an account of level 2, logged in with two factors, good for five minutes.
  std::string TokenOf(absl::string_view account_id,
                      const std::vector<policy::v1::OfficerRole>& roles = {}) const;

 private:
  explicit Mint(std::shared_ptr<const auth::TokenSigner> signer) : signer_(std::move(signer)) {}
  std::shared_ptr<const auth::TokenSigner> signer_;
};

}  // namespace eid::bench
