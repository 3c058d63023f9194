// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/load/caller.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/status_grpc.h"

namespace eid::bench {
namespace {

// Long enough that only a call that hangs ends by it.
constexpr std::chrono::seconds kPatience(30);

using Answered = std::function<void(const absl::Status&, grpc::ByteBuffer&)>;

// One call under way.
struct Exchange {
  grpc::ClientContext context;
  grpc::ByteBuffer response;
  grpc::Status status;
  Answered done;
  std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;
};

}  // namespace

grpc::ByteBuffer Bytes(absl::string_view message, absl::string_view more) {
  const grpc::Slice slices[] = {grpc::Slice(message.data(), message.size()),
                                grpc::Slice(more.data(), more.size())};
  return grpc::ByteBuffer(slices, more.empty() ? 1 : 2);
}

std::string FirstField(absl::string_view text) {
  // Shorter than 128 bytes, so its length is one byte.
  return absl::StrCat("\x0a", std::string(1, static_cast<char>(text.size())), text);
}

Caller::Caller(const std::vector<std::shared_ptr<grpc::Channel>>& channels) {
  for (const auto& channel : channels) stubs_.push_back(std::make_unique<Stub>(channel));
  thread_ = std::thread([this] { Run(); });
}

Caller::~Caller() {
  queue_.Shutdown();
  thread_.join();
}

void Caller::Run() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
    const std::unique_ptr<Exchange> exchange(static_cast<Exchange*>(tag));
    exchange->done(rpc::FromGrpc(exchange->status), exchange->response);
  }
}

void Caller::Call(const std::string& method, grpc::ByteBuffer request, const std::string& token,
                  Done done) {
  Ask(method, std::move(request), token,
      [done = std::move(done)](const absl::Status& status, grpc::ByteBuffer&) { done(status); });
}

void Caller::Ask(const std::string& method, grpc::ByteBuffer request, const std::string& token,
                 Answered done) {
  Stub& stub = *stubs_[next_.fetch_add(1, std::memory_order_relaxed) % stubs_.size()];
  auto* const exchange = new Exchange;
  exchange->done = std::move(done);
  exchange->context.set_deadline(std::chrono::system_clock::now() + kPatience);
  if (!token.empty()) {
    exchange->context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  }
  exchange->reader = stub.PrepareUnaryCall(&exchange->context, method, request, &queue_);
  exchange->reader->StartCall();
  exchange->reader->Finish(&exchange->response, &exchange->status, exchange);
}

}  // namespace eid::bench
