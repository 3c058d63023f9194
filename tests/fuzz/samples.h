// SPDX-License-Identifier: Apache-2.0
// Plausible values by the names of fields, so that inputs begin where validation passes.
#pragma once

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {

// For a string or bytes field.
std::string SampleOf(const google::protobuf::FieldDescriptor& field);
// Of another field.
std::string AnySample(Dice& dice);
// Fills in every field, one element for a list; of a oneof the last member stands.
void FillWithSamples(google::protobuf::Message& message);

}  // namespace eid::fuzz
