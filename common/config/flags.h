// SPDX-License-Identifier: Apache-2.0
// Private to common/config: the flags of Main (main.h).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace eid::main_internal {

struct Flags {
  std::string config;
  bool help = false;
  bool version = false;
  std::vector<std::string> rest;
};

// The flags, or what is wrong with them. `takes_rest`: whether other arguments are taken at all.
absl::StatusOr<Flags> ParseFlags(int argc, const char* const* argv, bool takes_rest);

// What --help prints.
std::string Help(absl::string_view program, const google::protobuf::Descriptor& config,
                 bool takes_rest);

}  // namespace eid::main_internal
