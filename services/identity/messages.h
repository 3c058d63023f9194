// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/outbox/outbox.h"
#include "eid/delivery/v1/delivery_service.pb.h"
#include "services/identity/carrier.h"
#include "services/identity/secrets.h"
#include "services/identity/storage.pb.h"

// Messages to people. They wait in the outbox without phone and code; both are put in when the
// message goes out.
namespace eid::identity {

// In the transaction that makes the challenge, or that grants the account.
absl::Status EnqueueCode(kv::Txn& txn, const outbox::Outbox& outbox, const ChallengeRow& challenge);
absl::Status EnqueueGrant(kv::Txn& txn, const outbox::Outbox& outbox, const v1::Account& account);
// When the window was opened anew: once for each etag.
absl::Status EnqueueReopening(kv::Txn& txn, const outbox::Outbox& outbox,
                              const v1::Account& account);

// The message as the carrier takes it. INVALID_ARGUMENT if it can never be sent.
absl::StatusOr<delivery::v1::DeliverRequest> Render(const OutgoingMessage& message,
                                                    const kv::Reader& reader,
                                                    const Secrets& secrets);

// What the outbox sends with. All three outlive it.
outbox::Sender SenderTo(Carrier& carrier, const kv::Database& database, const Secrets& secrets);

}  // namespace eid::identity
