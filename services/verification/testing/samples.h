// SPDX-License-Identifier: Apache-2.0
// A dossier and the records of the registries that it matches, for this service's tests.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "eid/dossier/v1/dossier.pb.h"
#include "eid/registry/v1/registry_service.pb.h"
#include "eid/verification/v1/verification_service.pb.h"

namespace eid::verification::testing {

inline constexpr char kTaxCode[] = "0100109106";
inline constexpr char kPersonalId[] = "001090123456";
inline constexpr char kOtherPersonalId[] = "079302000001";
inline constexpr char kThirdPersonalId[] = "001085000003";

google::type::Date Date(int year, int month, int day);

// Lê Văn Núi Xanh, born 1990-01-02, living.
registry::v1::PersonRecord Person();
// Trần Thị Sông Trong, born 2002-03-04, living.
registry::v1::PersonRecord OtherPerson();
// Công ty TNHH Mây Ngũ Sắc, an enterprise that the person of Person() represents.
registry::v1::OrganizationRecord Organization();
// What the person of Person() declares for it; everything matches.
dossier::v1::Dossier Dossier();

dossier::v1::Representative Declared(const registry::v1::PersonRecord& person);
registry::v1::RegisteredRepresentative Registered(const registry::v1::PersonRecord& person);
registry::v1::RegisteredRepresentative RegisteredBy(const registry::v1::PersonRecord& person,
                                                    registry::v1::RegisteredDocumentKind kind,
                                                    std::string number);
void AddFormer(registry::v1::FormerDocumentKind kind, std::string number,
               registry::v1::PersonRecord& person);

// The request that opens "<registration_id>.1" with the dossier.
v1::EnsureVerificationRequest Request(std::string registration_id,
                                      const dossier::v1::Dossier& dossier = Dossier());

}  // namespace eid::verification::testing
