// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/raw_call.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/status_grpc.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "google/rpc/error_details.pb.h"
#include "tools/suite/client.h"

namespace eid::integration {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(15);

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// One operation at a time: starts it and waits for it.
class Steps {
 public:
  ~Steps() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  template <class Start>
  bool Take(Start start) {
    start(this);
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }
  grpc::CompletionQueue* queue() { return &queue_; }

 private:
  grpc::CompletionQueue queue_;
};

}  // namespace

Answer CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
               absl::string_view request, const RawOptions& options) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
  if (!options.token.empty()) context.AddMetadata("authorization", "Bearer " + options.token);
  for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
  const grpc::Slice slice(request.data(), request.size());
  const grpc::ByteBuffer message(&slice, 1);
  Steps steps;
  const auto call = stub.PrepareCall(&context, path, steps.queue());
  Answer answer;
  bool cancelled = false;
  if (steps.Take([&](void* tag) { call->StartCall(tag); }) &&
      steps.Take([&](void* tag) { call->WriteLast(message, grpc::WriteOptions(), tag); })) {
    grpc::ByteBuffer received;
    while (steps.Take([&](void* tag) { call->Read(&received, tag); })) {
      answer.messages.push_back(BytesOf(received));
      received.Clear();
      // The answer of a unary call is followed by its status, a stream's first message by silence.
      if (options.first_only && absl::StrContains(path, "/Watch")) {
        context.TryCancel();
        cancelled = true;
        break;
      }
    }
  }
  grpc::Status status;
  steps.Take([&](void* tag) { call->Finish(&status, tag); });
  answer.status = cancelled ? absl::OkStatus() : rpc::FromGrpc(status);
  return answer;
}

Answer CallPatiently(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                     absl::string_view request, const RawOptions& options) {
  const absl::Time deadline = absl::Now() + kPatience;
  for (int repeats = 0;; ++repeats) {
    Answer answer = CallRaw(channel, path, request, options);
    const bool later = HasReason(answer.status, policy::v1::COMMON_REASON_RATE_LIMITED) ||
                       HasReason(answer.status, policy::v1::COMMON_REASON_PEER_UNAVAILABLE);
    if (!later || absl::Now() > deadline) return answer;
    suite::WaitBeforeRepeat(repeats);
  }
}

std::string FlawOfError(const absl::Status& status) {
  if (status.ok()) return "no error";
  if (ReasonOf(status).empty()) return "an error without ErrorInfo";
  const auto text = DetailOf<google::rpc::LocalizedMessage>(status);
  if (!text.has_value() || text->locale() != "vi" || text->message().empty()) {
    return "an error without a Vietnamese sentence";
  }
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss: return "a failure of the suite's own";
    default: return "";
  }
}

std::vector<std::string> ViolatedFields(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  }
  std::sort(fields.begin(), fields.end());
  return fields;
}

}  // namespace eid::integration
