// SPDX-License-Identifier: Apache-2.0
// The canonical form of a dossier, and its digest. What is stored is in this form, so that the
// digest which people sign is the digest of what everybody reads. Pure.
#pragma once

#include <string>

#include "eid/dossier/v1/dossier.pb.h"

namespace eid::org_registration {

// Names and texts in NFC with single spaces, codes without space around them, the phone as E.164,
// the e-mail's domain in lower case, no empty parts, nothing that the contract does not know. What
// is malformed stays as it is, for the checks to name it. Idempotent.
void MakeCanonical(dossier::v1::Dossier& dossier);
dossier::v1::Dossier Canonical(dossier::v1::Dossier dossier);

// Clears messages that say nothing: an absent part and an empty one have one digest.
void DropEmptyParts(dossier::v1::Dossier& dossier);

// SHA-256 of the deterministic serialization; 32 bytes.
std::string DigestOf(const dossier::v1::Dossier& dossier);

}  // namespace eid::org_registration
