// SPDX-License-Identifier: Apache-2.0
// What the authority tells an applicant (Decree 69/2024 Art. 12): the words, and the messages to the
// carrier. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "eid/approval/v1/case.pb.h"
#include "eid/approval/v1/notification_service.pb.h"
#include "eid/delivery/v1/delivery_service.pb.h"
#include "eid/type/v1/text.pb.h"

namespace eid::approval {

// Largest body that a carrier takes, in characters.
inline constexpr size_t kMaxMessageLength = 2'000;

// Each for a case that has just got there.
type::v1::LocalizedText SupplementText(const v1::Case& case_);
// `activation_days`: within which the account must be activated.
type::v1::LocalizedText ApprovalText(const v1::Case& case_, int activation_days);
type::v1::LocalizedText RefusalText(const v1::Case& case_);

// The reason's own words, from the contract.
type::v1::LocalizedText TextOf(v1::RefusalReason reason);

// By SMS to the dossier's phone, and by e-mail if it has an address; in Vietnamese. Message ids:
// "<notification_id>.sms", "<notification_id>.email".
std::vector<delivery::v1::DeliverRequest> MessagesFor(const v1::Notification& notification,
                                                      const dossier::v1::Contact& contact);

// The notification of a message id.
absl::string_view NotificationIdOf(absl::string_view message_id);

// `text`, or its beginning and an ellipsis: at most `max` characters.
std::string Shorten(absl::string_view text, size_t max);

}  // namespace eid::approval
