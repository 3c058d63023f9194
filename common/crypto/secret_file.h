// SPDX-License-Identifier: Apache-2.0
// Secrets that a service keeps in files of its own. A file is made with mode 0600, whole and synced
// before it gets its name, so that neither a crash nor a second process can leave half of one. A file
// that others may read or that the group may write is refused (FAILED_PRECONDITION): say so, rather
// than use a secret that is none. (A group that may read is let pass: credentials of a service
// manager come with an access list that looks like that.)
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/keys.h"

namespace eid::crypto {

// The private key in the file, made first if there is no file. INVALID_ARGUMENT if the file holds
// something else, a key of another algorithm included.
absl::StatusOr<PrivateKey> LoadOrCreateKey(const std::string& path, Algorithm algorithm);

// `size` random bytes, for a MAC key or a pepper, made first if there is no file. INVALID_ARGUMENT if
// the file has another size.
absl::StatusOr<std::string> LoadOrCreateSecret(const std::string& path, size_t size);

// The file's bytes. NOT_FOUND if there is none, INVALID_ARGUMENT if it is longer than 64 KiB.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// Makes the file. ALREADY_EXISTS if there is one: it is left as it is.
absl::Status CreateSecretFile(const std::string& path, absl::string_view content);

}  // namespace eid::crypto
