// SPDX-License-Identifier: Apache-2.0
// Fields of a dossier by path, as update masks and supplement requests name them: a field of the
// dossier ("names"), or one below it ("names.vietnamese"). Lists and dates are taken whole. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/status/violations.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/org_registration/v1/registration_service.pb.h"
#include "google/protobuf/field_mask.pb.h"

namespace eid::org_registration {

// Every path that a mask may have.
const std::vector<absl::string_view>& DossierPaths();

// Names every path of `mask` that is not one, as "update_mask.paths[i]". "*" alone is right.
void CheckMask(const google::protobuf::FieldMask& mask, Violations& violations);

// Whether the mask means the whole dossier: it is empty, or "*".
bool IsWhole(const google::protobuf::FieldMask& mask);

// Takes the fields of the mask from `from`; a field that `from` lacks is cleared. Paths must have
// passed CheckMask.
void TakeFields(const google::protobuf::FieldMask& mask, const dossier::v1::Dossier& from,
                dossier::v1::Dossier& to);

// The paths that an answer to a supplement request may change: those asked for, and those that must
// change with them (the enterprise code is the tax code, and so may the identification code be; a
// birth date and a personal number agree). "co_representatives[1].full_name" opens the whole list,
// since masks reach no deeper. When no item names a field of the dossier, all are open: else nobody
// could answer.
std::vector<std::string> OpenPaths(const v1::SupplementRequest& request);

// Whether `path` is, or lies below, one of `open`.
bool IsOpen(const std::vector<std::string>& open, absl::string_view path);

}  // namespace eid::org_registration
