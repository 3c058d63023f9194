// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/identity/config.pb.h"
#include "services/identity/environment.h"
#include "services/identity/storage.pb.h"

namespace eid::identity {

// What the program ends with when there is an officer already.
inline constexpr int kBootstrapRefused = 3;

// PATH of "--bootstrap=PATH" or "--bootstrap PATH"; empty for no arguments. INVALID_ARGUMENT for any
// other.
absl::StatusOr<std::string> BootstrapPath(const std::vector<std::string>& arguments);

// Makes the first administrator: a level-2 account, GRANTED, of somebody whom no database was asked
// about. The account is of use once its holder has activated it. Durable when it returns. INVALID_ARGUMENT
// with every violation; FAILED_PRECONDITION if there is any officer. Waits for the store.
absl::Status MakeFirstAdministrator(const Environment& environment, const Bootstrap& bootstrap);

// The same from a file. A refusal is told on stderr and becomes the exit code: it is no failure.
absl::Status RunBootstrap(const Environment& environment, const std::string& path, int& exit_code);

}  // namespace eid::identity
