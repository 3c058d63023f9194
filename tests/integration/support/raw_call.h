// SPDX-License-Identifier: Apache-2.0
// Calls by bytes: what a client sends that knows no contract, or means no good.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace eid::integration {

// What came back.
struct Answer {
  // With the details of the answer.
  absl::Status status;
  // Messages; of a stream only the first.
  std::vector<std::string> messages;
};

// How a call is made.
struct RawOptions {
  // Sent as "authorization: Bearer <token>"; empty: nothing is.
  std::string token = {};
  // Further metadata.
  std::vector<std::pair<std::string, std::string>> metadata = {};
  absl::Duration timeout = absl::Seconds(20);
  // Ends a stream after its first message; the status is then OK.
  bool first_only = true;
};

// Sends one message and reads what comes back.
Answer CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
               absl::string_view request, const RawOptions& options);

// The same, again and again while the answer is that this client calls too often, or that a peer is
// not there yet: what is asked is something else.
Answer CallPatiently(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                     absl::string_view request, const RawOptions& options);

// What is wrong with an error as such: no ErrorInfo, no Vietnamese sentence, something that the
// suite never says; "" if nothing.
std::string FlawOfError(const absl::Status& status);

// The fields that the error complains of, sorted; none without a BadRequest.
std::vector<std::string> ViolatedFields(const absl::Status& status);

}  // namespace eid::integration
