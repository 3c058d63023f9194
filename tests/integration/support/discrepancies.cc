// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/support/applicant.h"

namespace eid::integration {
namespace {

using approval::v1::Case;
using approval::v1::Notification;
using identity::v1::Organization;
using org_registration::v1::Registration;
using suite::Person;

// All pages of a list, as `person` sees it.
template <class Stub, class Request, class Response, class Interface, class Each>
void ForEachPage(Person& person, Stub& stub,
                 grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&, Response*),
                 Request request, Each each) {
  request.set_page_size(500);
  do {
    const Response page = testing::Value(person.Do(stub, method, request));
    each(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
}

// Counts things about registrations.
class Census {
 public:
  Census(std::string thing, std::vector<std::string>& wrong)
      : thing_(std::move(thing)), wrong_(wrong) {}
  void Count(const std::string& registration_id, const std::string& own_id) {
    ++count_[registration_id];
    if (!ids_.insert(own_id).second) wrong_.push_back(absl::StrCat(thing_, " ", own_id, " twice"));
  }
  // So many for each registration that came to its end.
  void Expect(const std::vector<Ended>& ended, int (*wanted)(const Ended&)) {
    for (const Ended& one : ended) {
      const int count = count_[one.registration_id];
      if (count == wanted(one)) continue;
      wrong_.push_back(
          absl::StrCat(one.registration_id, " has ", count, " of ", thing_, ", not ", wanted(one)));
    }
  }

 private:
  const std::string thing_;
  std::vector<std::string>& wrong_;
  std::map<std::string, int> count_;
  std::set<std::string> ids_;
};

int One(const Ended&) { return 1; }
int OneIfGranted(const Ended& ended) { return ended.organization_id.empty() ? 0 : 1; }
int OnePerSubmission(const Ended& ended) { return ended.submissions; }

void CheckRegistrations(Person& person, const std::set<std::string>& created,
                        std::vector<std::string>& wrong) {
  std::set<std::string> listed;
  ForEachPage(person, *person.registrations,
              &org_registration::v1::RegistrationService::Stub::ListRegistrations,
              org_registration::v1::ListRegistrationsRequest(), [&](const auto& page) {
                for (const Registration& one : page.registrations()) {
                  listed.insert(one.registration_id());
                  if (one.state() == Registration::STATE_ISSUED ||
                      one.state() == Registration::STATE_REJECTED) {
                    continue;
                  }
                  wrong.push_back(absl::StrCat(one.registration_id(), " ended as ",
                                               Registration::State_Name(one.state()), ": ",
                                               one.last_problem()));
                }
              });
  for (const std::string& id : created) {
    if (!listed.contains(id)) wrong.push_back(absl::StrCat("acknowledged, then lost: ", id));
  }
  for (const std::string& id : listed) {
    if (!created.contains(id)) wrong.push_back(absl::StrCat("created twice, or by nobody: ", id));
  }
}

void CheckCases(Stage& stage, const std::vector<Ended>& ended, std::vector<std::string>& wrong) {
  Person& reviewer = stage.world().reviewer();
  Census cases("case", wrong);
  ForEachPage(reviewer, *reviewer.cases, &approval::v1::ApprovalService::Stub::ListCases,
              approval::v1::ListCasesRequest(), [&](const auto& page) {
                for (const Case& one : page.cases()) cases.Count(one.case_id(), one.file_code());
              });
  cases.Expect(ended, One);
  Census verifications("verification", wrong);
  ForEachPage(reviewer, *reviewer.verifications,
              &verification::v1::VerificationService::Stub::ListVerifications,
              verification::v1::ListVerificationsRequest(), [&](const auto& page) {
                for (const auto& one : page.verifications()) {
                  verifications.Count(one.registration_id(), one.verification_id());
                }
              });
  verifications.Expect(ended, OnePerSubmission);
}

void CheckOrganizations(Stage& stage, const std::vector<Ended>& ended,
                        std::vector<std::string>& wrong) {
  Person& administrator = stage.world().administrator();
  Census organizations("organization", wrong);
  std::map<std::string, Organization> by_id;
  identity::v1::ListOrganizationsRequest all;
  all.set_all(true);
  ForEachPage(administrator, *administrator.organizations,
              &identity::v1::OrganizationService::Stub::ListOrganizations, all,
              [&](const auto& page) {
                for (const Organization& one : page.organizations()) {
                  organizations.Count(one.registration_id(), one.organization_number());
                  by_id[one.organization_id()] = one;
                }
              });
  organizations.Expect(ended, OneIfGranted);
  for (const Ended& one : ended) {
    if (one.organization_id.empty()) continue;
    const Organization& organization = by_id[one.organization_id];
    if (organization.registration_id() == one.registration_id &&
        organization.state() == Organization::STATE_ACTIVE) {
      continue;
    }
    wrong.push_back(absl::StrCat("the account of ", one.registration_id, " is ",
                                 Organization::State_Name(organization.state())));
  }
}

// How many of the person's messages carry each file code; each message_id is there once by the
// carrier's own rule.
std::map<std::string, int> MessagesByFile(Stage& stage, Person& person,
                                          const std::vector<Ended>& ended) {
  std::map<std::string, int> count;
  const auto page = testing::Value(stage.world().outside().Messages(person.data().phone));
  for (const auto& message : page.messages()) {
    for (const Ended& one : ended) {
      if (absl::StrContains(message.body(), one.file_code)) ++count[one.file_code];
    }
  }
  return count;
}

// Looks again and again until nothing is wrong, since messages go out behind the answers; then once
// more for those that must not come.
std::vector<std::string> Settled(const std::function<std::vector<std::string>()>& look) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  for (int tries = 0;; ++tries) {
    std::vector<std::string> wrong = look();
    if (wrong.empty() || absl::Now() > deadline) return wrong;
    suite::WaitBeforeRepeat(tries);
  }
}

std::vector<std::string> CheckTold(Stage& stage, Person& person, const std::vector<Ended>& ended) {
  std::vector<std::string> wrong;
  Census told("notification", wrong);
  ForEachPage(person, *person.notifications,
              &approval::v1::NotificationService::Stub::ListNotifications,
              approval::v1::ListNotificationsRequest(), [&](const auto& page) {
                for (const Notification& one : page.notifications()) {
                  told.Count(one.case_id(), one.notification_id());
                  if (!one.has_send_time()) {
                    wrong.push_back(absl::StrCat("not sent: ", one.notification_id()));
                  }
                }
              });
  told.Expect(ended, OnePerSubmission);
  std::map<std::string, int> messages = MessagesByFile(stage, person, ended);
  for (const Ended& one : ended) {
    const int count = messages[one.file_code];
    if (count == one.submissions) continue;
    wrong.push_back(absl::StrCat(one.registration_id, " was told of by ", count, " messages, not ",
                                 one.submissions));
  }
  return wrong;
}

}  // namespace

std::vector<std::string> Load::Discrepancies() {
  std::vector<std::string> wrong;
  const std::vector<Ended> ended = history_.completed();
  const auto created = history_.created();
  for (Person* person : people_) {
    const auto own = created.find(person->account_id());
    if (own != created.end()) CheckRegistrations(*person, own->second, wrong);
    std::vector<Ended> theirs;
    for (const Ended& one : ended) {
      if (one.applicant_account_id == person->account_id()) theirs.push_back(one);
    }
    for (std::string& line : Settled([&] { return CheckTold(stage_, *person, theirs); })) {
      wrong.push_back(std::move(line));
    }
  }
  CheckCases(stage_, ended, wrong);
  CheckOrganizations(stage_, ended, wrong);
  return wrong;
}

}  // namespace eid::integration
