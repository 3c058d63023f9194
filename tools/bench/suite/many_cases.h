// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "services/approval/storage.pb.h"

namespace eid::bench {

// The n-th of the cases that an authority has after years: a tenth of them open, some claimed, most
// decided; mostly enterprises; no clock that will ring while a benchmark runs. Always the same. Pure.
approval::CaseRow NthCase(uint64_t n);

// Fills the store of approval, which must not run, with so many cases, through the service's own
// tables: `config_path` is the configuration that it will be started with.
absl::Status FillCases(const std::string& config_path, uint64_t count);

}  // namespace eid::bench
