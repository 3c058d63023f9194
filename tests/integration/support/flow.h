// SPDX-License-Identifier: Apache-2.0
// Steps of a registration as the flow tests write them. Each fails the test if it does not succeed.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "eid/approval/v1/case.pb.h"
#include "eid/approval/v1/notification_service.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "eid/verification/v1/verification.pb.h"
#include "tests/integration/support/stage.h"

namespace eid::integration {

using org_registration::v1::Registration;

// The dossier of an organization of the seed that says what its register says.
dossier::v1::Dossier DossierOf(Stage& stage, const std::string& code, const suite::Person& person);

// Creates and submits; gives the answer to the submission.
Registration File(suite::Person& applicant, const dossier::v1::Dossier& dossier);

// Waits for one state.
Registration Await(suite::Person& applicant, const std::string& registration_id,
                   Registration::State state);
Registration Read(suite::Person& person, const std::string& registration_id);

// The case, as the reviewer sees it.
approval::v1::Case CaseOf(Stage& stage, const std::string& case_id);
// Reviewer and approver approve; waits until the account is granted.
Registration ApproveAndAwait(Stage& stage, suite::Person& applicant,
                             const std::string& registration_id, const std::string& note = "");

// The verdict on a field; the test fails if there is not exactly one.
verification::v1::FieldVerdict VerdictOn(const verification::v1::Verification& verification,
                                         const std::string& field);

// The person's notifications about a case, newest first.
std::vector<approval::v1::Notification> NotificationsOf(suite::Person& person,
                                                        const std::string& case_id);

// What the public sees of a file, asked without a token.
absl::StatusOr<org_registration::v1::FileStatus> Track(Stage& stage, const std::string& file_code);

// When a period of law that began at `received` is over, by the rules of deploy/rules.
int64_t DueSeconds(absl::string_view period, const google::protobuf::Timestamp& received);

}  // namespace eid::integration
