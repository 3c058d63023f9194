// SPDX-License-Identifier: Apache-2.0
// The state machine of a registration as it is declared to people (protos/eid/org_registration,
// services/org_registration/README.md), written down a second time: the services' own rules judge
// nothing here.
#pragma once

#include <compare>
#include <string>

#include "eid/org_registration/v1/registration_service.pb.h"

namespace eid::crash {

using org_registration::v1::Registration;

// Where a registration is seen to be.
struct Place {
  int submission = 0;
  Registration::State state = Registration::STATE_UNSPECIFIED;

  bool operator==(const Place&) const = default;
};

Place PlaceOf(const Registration& registration);
std::string NameOf(const Place& place);

bool IsFinal(Registration::State state);

// Whether there is a path from one place to the other: of no step, of one, or of many, as an
// observer does not see every step.
bool Leads(const Place& from, const Place& to);

}  // namespace eid::crash
