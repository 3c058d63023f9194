// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tests/crash/suite/load.h"

namespace eid::crash {
namespace {

using approval::v1::Case;
using approval::v1::Notification;
using identity::v1::Organization;
using suite::Person;
using verification::v1::Verification;

// After the faults every message has to be out within this time.
constexpr absl::Duration kQuietAfter = absl::Seconds(30);

// All pages of a list, as the person sees it.
template <class Stub, class Request, class Response, class Interface, class Each>
absl::Status ForEachPage(Person& person, Stub& stub,
                         grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                         Request request, Each each) {
  request.set_page_size(500);
  do {
    ASSIGN_OR_RETURN(const Response page, person.Do(stub, method, request));
    each(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

// How the case of a registration stands that ended so.
Case::State CaseAt(Registration::State end) {
  switch (end) {
    case Registration::STATE_ISSUED: return Case::STATE_APPROVED;
    case Registration::STATE_REJECTED: return Case::STATE_REJECTED;
    default: return Case::STATE_CLOSED;
  }
}

// What the stores of one suite say about the registrations of one load.
class Stores {
 public:
  explicit Stores(Shared shared) : shared_(shared) {
    for (const Story& story : shared.ledger.stories()) stories_[story.registration_id] = story;
  }

  absl::Status CheckRegistrations(Person& applicant);
  absl::Status CheckCases();
  // Cases that do not stand as their registrations do; a withdrawal may be on its way still.
  absl::StatusOr<std::vector<std::string>> WrongProjections();
  absl::Status CheckVerifications();
  absl::Status CheckOrganizations();
  absl::Status CheckAccounts();
  // What is wrong with what people were told; messages may be on their way still.
  absl::StatusOr<std::vector<std::string>> WrongNotices(Person& applicant);
  absl::StatusOr<std::vector<std::string>> WrongGrants();

 private:
  void Wrong(Invariant invariant, absl::string_view what) {
    shared_.journal.Violate(invariant, what);
  }
  void WrongCount(absl::string_view thing, const std::string& of, size_t count, size_t wanted) {
    if (count == wanted) return;
    Wrong(count < wanted ? Invariant::kReadable : Invariant::kOnce,
          absl::StrCat(of, " has ", count, " of ", thing, ", not ", wanted));
  }
  void CheckCase(const Case& c, const Story& story);

  const Shared shared_;
  std::map<std::string, Story> stories_;
};

absl::Status Stores::CheckRegistrations(Person& applicant) {
  std::map<std::string, Registration> listed;
  RETURN_IF_ERROR(ForEachPage(applicant, *applicant.registrations,
                              &org_registration::v1::RegistrationService::Stub::ListRegistrations,
                              org_registration::v1::ListRegistrationsRequest(),
                              [&](const auto& page) {
                                for (const Registration& one : page.registrations()) {
                                  listed[one.registration_id()] = one;
                                }
                              }));
  for (const auto& [id, one] : listed) {
    const auto story = stories_.find(id);
    if (story == stories_.end()) {
      Wrong(Invariant::kOnce, absl::StrCat(id, " was created twice, or by nobody"));
    } else if (one.state() != story->second.end ||
               one.submission_number() != story->second.submissions ||
               one.file_code() != story->second.file_code ||
               one.organization_id() != story->second.organization_id) {
      Wrong(Invariant::kReadable,
            absl::StrCat(id, " is ", NameOf(PlaceOf(one)), ", not as it was acknowledged: ",
                         NameOf({story->second.submissions, story->second.end})));
    }
  }
  for (const auto& [id, story] : stories_) {
    if (story.applicant_account_id == applicant.account_id() && !listed.contains(id)) {
      Wrong(Invariant::kReadable, absl::StrCat(id, " was acknowledged, and is not there"));
    }
  }
  return absl::OkStatus();
}

void Stores::CheckCase(const Case& c, const Story& story) {
  if (!c.has_decision()) return;
  if (c.decision().approver_account_id() != story.approver_account_id ||
      c.reviewer_account_id() != story.reviewer_account_id) {
    Wrong(Invariant::kReadable,
          absl::StrCat(c.case_id(), " was examined or decided by somebody else"));
  }
  const std::set<std::string> persons = {c.applicant_account_id(), c.reviewer_account_id(),
                                         c.decision().approver_account_id()};
  if (persons.size() != 3) {
    Wrong(Invariant::kDuties, absl::StrCat(c.case_id(), " had one person in two parts"));
  }
}

absl::Status Stores::CheckCases() {
  Person& reviewer = shared_.arena.world().reviewer();
  std::map<std::string, size_t> count;
  std::set<std::string> file_codes;
  RETURN_IF_ERROR(
      ForEachPage(reviewer, *reviewer.cases, &approval::v1::ApprovalService::Stub::ListCases,
                  approval::v1::ListCasesRequest(), [&](const auto& page) {
                    for (const Case& one : page.cases()) {
                      if (!file_codes.insert(one.file_code()).second) {
                        Wrong(Invariant::kOnce, absl::StrCat("file code ", one.file_code()));
                      }
                      ++count[one.case_id()];
                      const auto story = stories_.find(one.case_id());
                      if (story != stories_.end()) CheckCase(one, story->second);
                    }
                  }));
  for (const auto& [id, story] : stories_) WrongCount("case", id, count[id], 1);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Stores::WrongProjections() {
  Person& reviewer = shared_.arena.world().reviewer();
  std::vector<std::string> wrong;
  RETURN_IF_ERROR(ForEachPage(
      reviewer, *reviewer.cases, &approval::v1::ApprovalService::Stub::ListCases,
      approval::v1::ListCasesRequest(), [&](const auto& page) {
        for (const Case& one : page.cases()) {
          const auto story = stories_.find(one.case_id());
          if (story == stories_.end()) continue;
          if (one.state() == CaseAt(story->second.end)) continue;
          wrong.push_back(absl::StrCat(one.case_id(), " is ", Case::State_Name(one.state()),
                                       " with approval, but not at its applicant's"));
        }
      }));
  return wrong;
}

absl::Status Stores::CheckVerifications() {
  Person& reviewer = shared_.arena.world().reviewer();
  std::map<std::string, size_t> count;
  RETURN_IF_ERROR(ForEachPage(
      reviewer, *reviewer.verifications,
      &verification::v1::VerificationService::Stub::ListVerifications,
      verification::v1::ListVerificationsRequest(), [&](const auto& page) {
        for (const Verification& one : page.verifications()) {
          ++count[one.registration_id()];
          if (!stories_.contains(one.registration_id())) continue;
          if (one.state() != Verification::STATE_CONCLUDED) {
            Wrong(Invariant::kQuiet, absl::StrCat(one.verification_id(), " has not concluded"));
          }
          // Every organization of a load is in the business register.
          if (one.deadline_class() != verification::v1::DEADLINE_CLASS_IN_DATABASE) {
            Wrong(Invariant::kFinding,
                  absl::StrCat(one.verification_id(), " found no register that knows it"));
          }
        }
      }));
  for (const auto& [id, story] : stories_) {
    WrongCount("verification", id, count[id], static_cast<size_t>(story.submissions));
  }
  return absl::OkStatus();
}

absl::Status Stores::CheckOrganizations() {
  Person& administrator = shared_.arena.world().administrator();
  std::map<std::string, size_t> count;
  std::set<std::string> numbers;
  identity::v1::ListOrganizationsRequest all;
  all.set_all(true);
  RETURN_IF_ERROR(ForEachPage(
      administrator, *administrator.organizations,
      &identity::v1::OrganizationService::Stub::ListOrganizations, all, [&](const auto& page) {
        for (const Organization& one : page.organizations()) {
          ++count[one.registration_id()];
          if (!numbers.insert(one.organization_number()).second) {
            Wrong(Invariant::kOnce, absl::StrCat("number ", one.organization_number()));
          }
          const auto story = stories_.find(one.registration_id());
          if (story == stories_.end()) continue;
          if (one.organization_id() != story->second.organization_id ||
              one.state() != Organization::STATE_ACTIVE) {
            Wrong(Invariant::kReadable,
                  absl::StrCat("the account of ", one.registration_id(), " is ",
                               Organization::State_Name(one.state())));
          }
        }
      }));
  for (const auto& [id, story] : stories_) {
    WrongCount("organization", id, count[id], story.organization_id.empty() ? 0 : 1);
  }
  return absl::OkStatus();
}

absl::Status Stores::CheckAccounts() {
  Person& administrator = shared_.arena.world().administrator();
  for (const identity::v1::Account& account : shared_.ledger.accounts()) {
    identity::v1::ListAccountsRequest request;
    request.set_personal_id(account.personal_id());
    ASSIGN_OR_RETURN(const identity::v1::ListAccountsResponse page,
                     administrator.Do(*administrator.accounts,
                                      &identity::v1::AccountService::Stub::ListAccounts, request));
    WrongCount("account", account.account_id(), static_cast<size_t>(page.accounts_size()), 1);
    if (page.accounts_size() == 1 && page.accounts(0).account_id() != account.account_id()) {
      Wrong(Invariant::kReadable, absl::StrCat(account.account_id(), " has another id"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Stores::WrongNotices(Person& applicant) {
  std::vector<std::string> wrong;
  std::map<std::string, int> told;
  RETURN_IF_ERROR(ForEachPage(applicant, *applicant.notifications,
                              &approval::v1::NotificationService::Stub::ListNotifications,
                              approval::v1::ListNotificationsRequest(), [&](const auto& page) {
                                for (const Notification& one : page.notifications()) {
                                  ++told[one.case_id()];
                                  if (one.has_send_time()) continue;
                                  wrong.push_back(
                                      absl::StrCat("not sent: ", one.notification_id()));
                                }
                              }));
  // Each message_id is there once by the carrier's own rule.
  ASSIGN_OR_RETURN(const auto messages,
                   shared_.arena.world().outside().AllMessages(applicant.data().phone));
  for (const auto& [id, story] : stories_) {
    if (story.applicant_account_id != applicant.account_id()) continue;
    int sent = 0;
    for (const auto& message : messages) sent += absl::StrContains(message.body(), story.file_code);
    if (told[id] != story.notices() || sent != story.notices()) {
      wrong.push_back(absl::StrCat(id, " has ", told[id], " notifications and ", sent,
                                   " messages, not ", story.notices()));
    }
  }
  return wrong;
}

absl::StatusOr<std::vector<std::string>> Stores::WrongGrants() {
  std::vector<std::string> wrong;
  for (const identity::v1::Account& account : shared_.ledger.accounts()) {
    ASSIGN_OR_RETURN(const auto messages,
                     shared_.arena.world().outside().AllMessages(account.phone()));
    if (messages.size() != 1) {
      wrong.push_back(absl::StrCat(account.account_id(), " was told ", messages.size(), " times"));
    }
  }
  return wrong;
}

// Looks until nothing is wrong, for messages go out behind the answers.
absl::Status Settle(const Shared& shared, Invariant invariant,
                    const std::function<absl::StatusOr<std::vector<std::string>>()>& look) {
  absl::StatusOr<std::vector<std::string>> wrong;
  const auto is_settled = [&] {
    wrong = look();
    return !wrong.ok() || wrong->empty();
  };
  if (!suite::AskUntil(is_settled, std::min(kQuietAfter, shared.patience.total))) {
    for (const std::string& line : *wrong) shared.journal.Violate(invariant, line);
  }
  return wrong.status();
}

absl::Status CheckAll(Shared shared, const std::vector<Person*>& applicants) {
  Stores stores(shared);
  for (Person* applicant : applicants) {
    RETURN_IF_ERROR(stores.CheckRegistrations(*applicant));
    RETURN_IF_ERROR(
        Settle(shared, Invariant::kReadable, [&] { return stores.WrongNotices(*applicant); }));
    if (shared.journal.violated()) return absl::OkStatus();
  }
  RETURN_IF_ERROR(Settle(shared, Invariant::kReadable, [&] { return stores.WrongGrants(); }));
  RETURN_IF_ERROR(Settle(shared, Invariant::kQuiet, [&] { return stores.WrongProjections(); }));
  RETURN_IF_ERROR(stores.CheckCases());
  RETURN_IF_ERROR(stores.CheckVerifications());
  RETURN_IF_ERROR(stores.CheckOrganizations());
  return stores.CheckAccounts();
}

}  // namespace

void CheckStores(Shared shared, const std::vector<Person*>& applicants) {
  const absl::Status checked = CheckAll(shared, applicants);
  if (checked.ok()) return;
  // Also the carrier's, and tokens: it says nothing about what is in a store.
  shared.journal.Violate(Invariant::kHarness,
                         absl::StrCat("a store cannot be read: ", checked.message()));
}

}  // namespace eid::crash
