// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace eid::simulator {

// A JSON Lines file in which a simulator keeps what the next process is to know. Not thread-safe.
class KeptLines {
 public:
  // Calls `take` with each line that is there, then opens the file for more. What could not be written
  // whole, nobody was told was taken: `take` may say false, and the line is passed over. NOT_FOUND:
  // cannot be written.
  absl::Status Open(const std::string& path, absl::FunctionRef<bool(const std::string& line)> take);
  // False: nothing is kept.
  bool is_open() const { return file_.is_open(); }

  // Adds a line, if it is open. UNAVAILABLE PEER_UNAVAILABLE when it is not, or not wholly, in the file:
  // then the caller must not be told that it was taken. The next line stands by itself.
  absl::Status Add(const google::protobuf::Message& message);

 private:
  std::ofstream file_;
  // The last line has its end.
  bool whole_ = true;
};

// False: the line is none of such a message.
bool ParseLine(const std::string& line, google::protobuf::Message& message);

}  // namespace eid::simulator
