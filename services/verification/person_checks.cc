// SPDX-License-Identifier: Apache-2.0
#include "services/verification/person_checks.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/status/status.h"
#include "eid/policy/v1/errors.pb.h"
#include "services/verification/validate.h"
#include "services/verification/verdicts.h"

namespace eid::verification {
namespace {

// Kept back for the answer on its way to the caller.
constexpr absl::Duration kReserve = absl::Milliseconds(20);
constexpr absl::Duration kRetry = absl::Seconds(2);

absl::Status Away(absl::Duration retry) {
  return WithRetry(Error(absl::StatusCode::kUnavailable, policy::v1::COMMON_REASON_PEER_UNAVAILABLE,
                         "The population database does not answer now."),
                   std::max(retry, absl::Milliseconds(100)));
}

const v1::FieldVerdict* VerdictOn(absl::string_view field,
                                  const std::vector<v1::FieldVerdict>& verdicts) {
  const auto found = std::find_if(
      verdicts.begin(), verdicts.end(),
      [&](const v1::FieldVerdict& verdict) { return absl::string_view(verdict.field()) == field; });
  return found == verdicts.end() ? nullptr : &*found;
}

bool Matches(absl::string_view field, const std::vector<v1::FieldVerdict>& verdicts) {
  const v1::FieldVerdict* verdict = VerdictOn(field, verdicts);
  return verdict != nullptr && verdict->verdict() == v1::VERDICT_MATCH;
}

}  // namespace

PersonChecks::PersonChecks(Registry& population, const Clock& clock, int max_at_once)
    : population_(population),
      clock_(clock),
      max_at_once_(max_at_once),
      waiting_(std::make_shared<std::atomic<int>>(0)) {}

void PersonChecks::Check(const rpc::Call& call, const v1::CheckPersonRequest& request,
                         rpc::Reply<v1::CheckPersonResponse> reply) {
  if (absl::Status valid = Validate(request); !valid.ok()) return reply(valid);
  const absl::Time now = clock_.TimeNow();
  const absl::Duration time_left = call.deadline - now - kReserve;
  if (time_left <= absl::ZeroDuration()) return reply(Away(kRetry));
  if (waiting_->fetch_add(1) >= max_at_once_) {
    waiting_->fetch_sub(1);
    return reply(
        WithRetry(Error(absl::StatusCode::kResourceExhausted, policy::v1::COMMON_REASON_OVERLOADED,
                        "Too many persons are being checked now."),
                  absl::Seconds(1)));
  }
  registry::v1::LookupPersonRequest question;
  question.set_personal_id(request.personal_id());
  const bool asked =
      population_.Ask(question, time_left,
                      [request, reply, waiting = waiting_](const absl::StatusOr<Answer>& answer) {
                        waiting->fetch_sub(1);
                        if (!answer.ok()) return reply(Away(kRetry));
                        reply(Compare(request, *answer));
                      });
  if (asked) return;
  waiting_->fetch_sub(1);
  reply(Away(population_.retry_time() - now));
}

v1::CheckPersonResponse Compare(const v1::CheckPersonRequest& request, const Answer& answer) {
  PersonFinding finding = {{answer.source.registry_id(), answer.source.as_of_time()}, std::nullopt};
  if (answer.found) finding.record = answer.person;
  dossier::v1::Representative declared;
  declared.set_personal_id(request.personal_id());
  declared.set_full_name(request.full_name());
  *declared.mutable_birth_date() = request.birth_date();

  std::vector<v1::FieldVerdict> verdicts = JudgePerson("", declared, finding);
  if (answer.found && !request.phone().empty()) {
    verdicts.push_back(JudgePhone("phone", request.phone(), finding));
  }
  v1::CheckPersonResponse response;
  response.set_outcome(answer.found ? OutcomeOf(verdicts) : v1::LOOKUP_OUTCOME_NOT_FOUND);
  *response.mutable_as_of_time() = answer.source.as_of_time();
  // Who knows the person may know how the database writes the name, and of the card; who guesses learns nothing.
  if (Matches("full_name", verdicts) && Matches("birth_date", verdicts)) {
    response.set_registered_full_name(answer.person.full_name());
    if (answer.person.has_card_expiry_date()) {
      *response.mutable_card_expiry_date() = answer.person.card_expiry_date();
    }
  }
  *response.mutable_verdicts() = {verdicts.begin(), verdicts.end()};
  return response;
}

}  // namespace eid::verification
