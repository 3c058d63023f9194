// SPDX-License-Identifier: Apache-2.0
// Programs that are not ours, on the loopback.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/suite/process.h"

namespace eid::bench {

// What http://127.0.0.1:<port><path> answers, with its headers; empty if it does not.
std::string HttpGet(int port, absl::string_view path);
// Whether somebody listens.
bool Listens(int port);
// Asks again and again until `ready`. UNAVAILABLE with the end of its log if the process ends before,
// DEADLINE_EXCEEDED after half a minute.
absl::Status WaitUntil(suite::Process& process, const std::string& log_path,
                       const std::function<bool()>& ready);

}  // namespace eid::bench
