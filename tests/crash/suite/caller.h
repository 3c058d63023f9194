// SPDX-License-Identifier: Apache-2.0
// One person's calls as a client makes them that may lose every answer: each attempt has a deadline,
// what nobody answered is repeated with the same request_id until somebody does, and all of it is
// written down.
#pragma once

#include <grpcpp/grpcpp.h>

#include <random>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/status_grpc.h"
#include "tests/crash/suite/journal.h"
#include "tools/suite/person.h"

namespace eid::crash {

// How long calls may take.
struct Patience {
  // One attempt.
  absl::Duration attempt = absl::Seconds(3);
  // A call with its repeats, or a registration on its way from one state to the next.
  absl::Duration total = absl::Seconds(60);
};

// Acknowledged, refused, or not known; by the code alone, as a client has to judge.
Answer AnswerOf(const absl::Status& status);

// Not thread-safe. All arguments outlive it.
class Caller {
 public:
  Caller(suite::Person& person, std::string who, Journal& journal, Patience patience, uint64_t seed)
      : person_(person),
        who_(std::move(who)),
        journal_(journal),
        patience_(patience),
        random_(seed) {}

  // A call that changes something, which must be acknowledged in the end; a refusal is a violation.
  // Now and then it is repeated all the same: the answer must be the first one.
  template <class Stub, class Interface, class Request, class Response>
  absl::StatusOr<Response> Change(Stub& stub,
                                  grpc::Status (Interface::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                                  const Request& request) {
    bool was_unknown = false;
    absl::StatusOr<Response> first = Resolve(stub, method, request, was_unknown);
    if (absl::IsCancelled(first.status())) return first;
    journal_.End(AnswerOf(first.status()), was_unknown);
    if (!first.ok()) {
      Refused(MethodOf<Request>(), was_unknown, first.status());
      return first;
    }
    if (!std::bernoulli_distribution(0.3)(random_)) return first;
    journal_.Repeated();
    absl::StatusOr<Response> second = Resolve(stub, method, request, was_unknown);
    if (absl::IsCancelled(second.status())) return second;
    if (!second.ok() || second->SerializeAsString() != first->SerializeAsString()) {
      Otherwise(MethodOf<Request>(), second.status());
    }
    return first;
  }

  // A call that changes something or is refused; both are right.
  template <class Stub, class Interface, class Request, class Response>
  absl::StatusOr<Response> Try(Stub& stub,
                               grpc::Status (Interface::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                               const Request& request) {
    bool was_unknown = false;
    absl::StatusOr<Response> answer = Resolve(stub, method, request, was_unknown);
    if (!absl::IsCancelled(answer.status())) journal_.End(AnswerOf(answer.status()), was_unknown);
    return answer;
  }

  // A call that changes nothing.
  template <class Stub, class Interface, class Request, class Response>
  absl::StatusOr<Response> Look(Stub& stub,
                                grpc::Status (Interface::*method)(grpc::ClientContext*,
                                                                  const Request&, Response*),
                                const Request& request) {
    bool was_unknown = false;
    absl::StatusOr<Response> answer = Resolve(stub, method, request, was_unknown);
    if (!answer.ok() && !absl::IsCancelled(answer.status())) {
      Refused(MethodOf<Request>(), false, answer.status());
    }
    return answer;
  }

  // One attempt, written down.
  template <class Stub, class Interface, class Request, class Response>
  absl::Status Once(Stub& stub,
                    grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                    const Request& request, Response& response, absl::Duration timeout,
                    int number = 1) {
    grpc::ClientContext context;
    const absl::Time begin = absl::Now();
    context.set_deadline(absl::ToChronoTime(begin + timeout));
    // A call that fails at once leaves gRPC no thread to connect with.
    context.set_wait_for_ready(true);
    context.AddMetadata("authorization", "Bearer " + person_.token());
    response.Clear();
    absl::Status status = rpc::FromGrpc((stub.*method)(&context, request, &response));
    journal_.Note({.who = who_,
                   .method = std::string(MethodOf<Request>()),
                   .request_id = RequestIdOf(request),
                   .number = number,
                   .answer = AnswerOf(status),
                   .status = status,
                   .took = absl::Now() - begin});
    return status;
  }

  suite::Person& person() { return person_; }
  const Patience& patience() const { return patience_; }
  Journal& journal() { return journal_; }

 private:
  template <class Request>
  static absl::string_view MethodOf() {
    return absl::StripSuffix(Request::descriptor()->name(), "Request");
  }
  static std::string RequestIdOf(const google::protobuf::Message& request);
  void Refused(absl::string_view method, bool was_unknown, const absl::Status& status);
  void Otherwise(absl::string_view method, const absl::Status& status);
  // New tokens where the old ones are about to end. CANCELLED: something is wrong, all ends.
  absl::Status MayGoOn(absl::string_view method, absl::Time give_up, const absl::Status& last);

  template <class Stub, class Interface, class Request, class Response>
  absl::StatusOr<Response> Resolve(Stub& stub,
                                   grpc::Status (Interface::*method)(grpc::ClientContext*,
                                                                     const Request&, Response*),
                                   const Request& request, bool& was_unknown) {
    const absl::Time give_up = absl::Now() + patience_.total;
    Response response;
    absl::Status status;
    for (int number = 1;; ++number) {
      if (absl::Status go_on = MayGoOn(MethodOf<Request>(), give_up, status); !go_on.ok()) {
        return go_on;
      }
      status = Once(stub, method, request, response, patience_.attempt, number);
      switch (AnswerOf(status)) {
        case Answer::kAcked: return response;
        case Answer::kRefused: return status;
        case Answer::kUnknown: break;
      }
      was_unknown = true;
      suite::WaitBeforeRepeat(number);
    }
  }

  suite::Person& person_;
  const std::string who_;
  Journal& journal_;
  const Patience patience_;
  std::mt19937_64 random_;
};

}  // namespace eid::crash
