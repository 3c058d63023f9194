// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/load/fields.h"

#include <string>

#include "common/testing/catch.h"
#include "eid/approval/v1/approval_service.pb.h"
#include "tools/bench/load/caller.h"

namespace eid::bench {
namespace {

using approval::v1::Case;
using approval::v1::CaseEvent;

CaseEvent Opened() {
  CaseEvent event;
  event.set_resume_token("17");
  Case& opened = *event.mutable_case_();
  opened.set_case_id("a-case");
  opened.set_state(Case::STATE_OPEN);
  opened.mutable_dossier()->mutable_names()->set_vietnamese(std::string(300, 'x'));
  opened.mutable_create_time()->set_seconds(1);
  opened.set_etag("4");
  return event;
}

TEST_CASE("fields before and behind others, and in a message within") {
  const std::string event = Opened().SerializeAsString();
  const absl::string_view opened = BytesField(event, CaseEvent::kCaseFieldNumber);
  CHECK(BytesField(opened, Case::kCaseIdFieldNumber) == "a-case");
  CHECK(NumberField(opened, Case::kStateFieldNumber) == Case::STATE_OPEN);
  CHECK(BytesField(opened, Case::kEtagFieldNumber) == "4");
}

TEST_CASE("a field that is not there is empty, as protobuf has it") {
  const std::string event = Opened().SerializeAsString();
  const absl::string_view opened = BytesField(event, CaseEvent::kCaseFieldNumber);
  CHECK(BytesField(opened, Case::kReviewerAccountIdFieldNumber).empty());
  CHECK(NumberField(opened, Case::kSubmissionNumberFieldNumber) == 0);
  CHECK(BytesField("", 1).empty());
  CHECK(NumberField("", 1) == 0);
}

TEST_CASE("a field of another kind is not taken for the one that is asked for") {
  const std::string event = Opened().SerializeAsString();
  const absl::string_view opened = BytesField(event, CaseEvent::kCaseFieldNumber);
  CHECK(BytesField(opened, Case::kStateFieldNumber).empty());
  CHECK(NumberField(opened, Case::kCaseIdFieldNumber) == 0);
}

TEST_CASE("a message that ends too early, or is none, has no such field") {
  const std::string whole = Opened().SerializeAsString();
  // The case is the last field: cut anywhere, it is not there whole.
  for (size_t size = 0; size < whole.size(); ++size) {
    CHECK(
        BytesField(absl::string_view(whole).substr(0, size), CaseEvent::kCaseFieldNumber).empty());
  }
  CHECK(BytesField(std::string(20, '\xff'), 1).empty());
  CHECK(NumberField(std::string(20, '\xff'), 1) == 0);
}

TEST_CASE("a buffer of one piece, of several, and of none") {
  CHECK(OnePiece(Bytes("one")).bytes() == "one");
  const std::string more(5000, 'm');
  CHECK(OnePiece(Bytes("one", more)).bytes() == "one" + more);
  CHECK(OnePiece(Bytes("")).bytes().empty());
  CHECK(OnePiece(grpc::ByteBuffer()).bytes().empty());
}

}  // namespace
}  // namespace eid::bench
