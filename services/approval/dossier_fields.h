// SPDX-License-Identifier: Apache-2.0
// The fields of a dossier that an officer may send back, by path, with what people call them. A
// field of the dossier ("names") or, where it has parts, one below it ("names.vietnamese").
// Registration knows the same paths. Pure.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace eid::approval {

struct DossierField {
  absl::string_view path;
  absl::string_view vi;
  absl::string_view en;
};

absl::Span<const DossierField> DossierFields();

// Null: there is no such path.
const DossierField* FindDossierField(absl::string_view path);

}  // namespace eid::approval
