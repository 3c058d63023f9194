// SPDX-License-Identifier: Apache-2.0
#include "common/config/flags.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace eid::main_internal {

absl::StatusOr<Flags> ParseFlags(int argc, const char* const* argv, bool takes_rest) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      flags.help = true;
    } else if (argument == "--version") {
      flags.version = true;
    } else if (argument == "--config") {
      if (++i >= argc) return absl::InvalidArgumentError("--config needs a path");
      flags.config = argv[i];
    } else if (absl::ConsumePrefix(&argument, "--config=")) {
      flags.config = std::string(argument);
    } else if (takes_rest) {
      flags.rest.emplace_back(argument);
    } else {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument \"", argument, "\""));
    }
  }
  if (flags.config.empty() && !flags.help && !flags.version) {
    return absl::InvalidArgumentError("--config=PATH is missing");
  }
  return flags;
}

std::string Help(absl::string_view program, const google::protobuf::Descriptor& config,
                 bool takes_rest) {
  std::string text =
      absl::StrCat("Usage: ", program, " --config=PATH", takes_rest ? " [ARGUMENT…]" : "",
                   "\n  --config=PATH  the configuration: ", config.full_name(),
                   " in protobuf text format\n"
                   "  --version      prints the version\n"
                   "  --help         prints this\n"
                   "Fields of the configuration:\n");
  for (int i = 0; i < config.field_count(); ++i) {
    const auto& field = *config.field(i);
    absl::string_view type = field.type_name();
    if (field.message_type() != nullptr) type = field.message_type()->full_name();
    if (field.enum_type() != nullptr) type = field.enum_type()->full_name();
    absl::StrAppend(&text, "  ", field.name(), ": ", field.is_repeated() ? "repeated " : "", type,
                    "\n");
  }
  return text;
}

}  // namespace eid::main_internal
