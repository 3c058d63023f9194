// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "services/verification/config.pb.h"
#include "services/verification/registry.h"
#include "services/verification/registry_peer.h"

namespace eid::verification {

// All registries, with their connections. Lives until nothing is asked any more.
class Registries {
 public:
  // INVALID_ARGUMENT: a certificate cannot be read. `clock` outlives this and all answers.
  static absl::StatusOr<std::unique_ptr<Registries>> Connect(const Config& config,
                                                             const Clock& clock);

  // Null: none of this name.
  Registry* Find(absl::string_view registry_id) const;
  std::vector<Registry*> all() const;

 private:
  std::vector<std::unique_ptr<RegistryPeer>> peers_;
  std::vector<std::unique_ptr<Registry>> registries_;
};

}  // namespace eid::verification
