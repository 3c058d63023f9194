// SPDX-License-Identifier: Apache-2.0
#include "services/verification/registry.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "common/clock/timestamp.h"
#include "common/log/log.h"
#include "common/sync/mutex.h"

namespace eid::verification {
namespace {

// A question with less time than this that was not answered in time says nothing about the registry.
constexpr absl::Duration kFairTimeout = absl::Seconds(1);

// What an answer or its absence says about the registry.
enum class Sign { kAlive, kFailing, kNone };

Sign SignOf(const absl::Status& status, bool had_fair_time) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    // It looked at the question, so it is there.
    case absl::StatusCode::kInvalidArgument:
    // One bad record must not keep everybody else from asking.
    case absl::StatusCode::kDataLoss: return Sign::kAlive;
    case absl::StatusCode::kCancelled: return Sign::kNone;
    case absl::StatusCode::kDeadlineExceeded: return had_fair_time ? Sign::kFailing : Sign::kNone;
    default: return Sign::kFailing;
  }
}

}  // namespace

struct Registry::State {
  State(std::string registry_id, const Options& options, const Clock& real)
      : id(std::move(registry_id)),
        stale_after(options.stale_after),
        clock(real),
        circuit(options.circuit) {}

  // Tells the circuit, and the log when the circuit changes.
  void Note(Circuit::Ticket ticket, const absl::Status& status, bool had_fair_time) {
    const absl::Time now = clock.TimeNow();
    bool opened = false, closed = false;
    {
      MutexLock lock(mu);
      switch (SignOf(status, had_fair_time)) {
        case Sign::kAlive:
          closed = circuit.Succeeded(ticket);
          if (closed) recovered = now;
          break;
        case Sign::kFailing: {
          const bool was_closed = circuit.state(now) == Circuit::State::kClosed;
          circuit.Failed(ticket, now);
          opened = was_closed && circuit.state(now) != Circuit::State::kClosed;
          break;
        }
        case Sign::kNone: circuit.Abandoned(ticket); break;
      }
    }
    if (opened) {
      LogEvent(Severity::kWarning, "circuit.opened",
               {{"registry", id}, {"code", absl::StatusCodeToString(status.code())}});
    }
    if (closed) {
      LogEvent(Severity::kInfo, "circuit.closed", {{"registry", id}});
      if (on_recovery) on_recovery();
    }
  }

  void NoteAge(const Answer& answer) const {
    const absl::Duration age = clock.TimeNow() - FromTimestamp(answer.source.as_of_time());
    if (age <= stale_after) return;
    LogEvent(Severity::kWarning, "registry.stale",
             {{"registry", id}, {"age_hours", absl::ToInt64Hours(age)}});
  }

  const std::string id;
  const absl::Duration stale_after;
  const Clock& clock;
  std::function<void()> on_recovery;
  Mutex mu;
  Circuit circuit ABSL_GUARDED_BY(mu);
  absl::Time recovered ABSL_GUARDED_BY(mu) = absl::InfinitePast();
};

Registry::Registry(std::string registry_id, RegistryPeer& peer, Options options, const Clock& clock)
    : id_(std::move(registry_id)),
      peer_(peer),
      options_(options),
      clock_(clock),
      state_(std::make_shared<State>(id_, options_, clock)) {}

bool Registry::Ask(const Question& question, absl::Duration timeout, Done done) {
  std::optional<Circuit::Ticket> ticket;
  {
    MutexLock lock(state_->mu);
    ticket = state_->circuit.TryStart(clock_.TimeNow());
  }
  if (!ticket.has_value()) return false;
  timeout = std::min(timeout, options_.timeout);
  const bool fair = timeout >= std::min(kFairTimeout, options_.timeout);
  auto answered = std::make_shared<std::atomic<bool>>(false);
  auto finish = [state = state_, answered, ticket = *ticket, fair,
                 done = std::move(done)](absl::StatusOr<Answer> answer) {
    if (answered->exchange(true)) return;
    state->Note(ticket, answer.status(), fair);
    if (answer.ok()) state->NoteAge(*answer);
    done(std::move(answer));
  };
  auto check = [finish](const auto& request, const auto& response) {
    if (!response.ok()) return finish(response.status());
    finish(CheckAnswer(request, *response));
  };
  if (const auto* person = std::get_if<registry::v1::LookupPersonRequest>(&question)) {
    peer_.LookupPerson(*person, timeout, [check, request = *person](const auto& response) {
      check(request, response);
    });
  } else {
    const auto& organization = std::get<registry::v1::LookupOrganizationRequest>(question);
    peer_.LookupOrganization(
        organization, timeout,
        [check, request = organization](const auto& response) { check(request, response); });
  }
  return true;
}

bool Registry::is_closed() const {
  MutexLock lock(state_->mu);
  return state_->circuit.state(clock_.TimeNow()) == Circuit::State::kClosed;
}

absl::Time Registry::retry_time() const {
  MutexLock lock(state_->mu);
  return state_->circuit.retry_time();
}

absl::Time Registry::recovered_time() const {
  MutexLock lock(state_->mu);
  return state_->recovered;
}

void Registry::ProbeNow() {
  MutexLock lock(state_->mu);
  state_->circuit.ProbeNow(clock_.TimeNow());
}

void Registry::OnRecovery(std::function<void()> recovered) {
  state_->on_recovery = std::move(recovered);
}

}  // namespace eid::verification
