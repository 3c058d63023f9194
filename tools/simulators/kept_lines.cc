// SPDX-License-Identifier: Apache-2.0
#include "tools/simulators/kept_lines.h"

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/protobuf/util/json_util.h"

namespace eid::simulator {

absl::Status KeptLines::Open(const std::string& path,
                             absl::FunctionRef<bool(const std::string& line)> take) {
  std::ifstream earlier(path);
  for (std::string line; std::getline(earlier, line);) {
    // What a process was writing when it was killed has no end.
    whole_ = !earlier.eof();
    if (!take(line) && !line.empty()) {
      LOG(WARNING) << path << ": a line that was not written whole is passed over";
    }
  }
  // What a write has not taken must not come with a later one.
  file_.rdbuf()->pubsetbuf(nullptr, 0);
  file_.open(path, std::ios::app);
  return file_ ? absl::OkStatus() : absl::NotFoundError(absl::StrCat(path, ": cannot be written"));
}

absl::Status KeptLines::Add(const google::protobuf::Message& message) {
  if (!is_open()) return absl::OkStatus();
  std::string line;
  // A message of valid UTF-8 always has a JSON form.
  (void)google::protobuf::util::MessageToJsonString(message, &line).ok();
  file_ << absl::StrCat(whole_ ? "" : "\n", line, "\n") << std::flush;
  whole_ = file_.good();
  file_.clear();
  if (whole_) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE,
               "what was given could not be written down");
}

bool ParseLine(const std::string& line, google::protobuf::Message& message) {
  return google::protobuf::util::JsonStringToMessage(line, &message).ok();
}

}  // namespace eid::simulator
