// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace eid::bench {

// What must be known of a machine to read its figures, as name and value, in order: processors,
// system, load at the start, time of an fdatasync of a page in `work_path`, versions of what is
// compared.
std::vector<std::pair<std::string, std::string>> MachineFacts(const std::string& work_path);

}  // namespace eid::bench
