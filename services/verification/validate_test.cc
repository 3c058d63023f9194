// SPDX-License-Identifier: Apache-2.0
#include "services/verification/validate.h"

#include <functional>
#include <string>

#include "common/kv/mutation.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

// The fields that the error names.
std::string Fields(const absl::Status& status) {
  std::string fields;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad->field_violations()) fields += violation.field() + " ";
  }
  return fields;
}

struct Case {
  const char* fields;
  std::function<void(v1::EnsureVerificationRequest&)> change;
};

TEST_CASE("EnsureVerification wants ids that agree, and a dossier with its digest") {
  using Request = v1::EnsureVerificationRequest;
  const std::vector<Case> cases = {
      {"", [](Request&) {}},
      {"verification_id ", [](Request& r) { r.clear_verification_id(); }},
      {"verification_id ", [](Request& r) { r.set_verification_id("other.1"); }},
      {"verification_id ", [](Request& r) { r.set_verification_id("r-1"); }},
      {"verification_id ", [](Request& r) { r.set_verification_id("r-1."); }},
      {"verification_id ", [](Request& r) { r.set_verification_id("r-1.0"); }},
      {"verification_id ", [](Request& r) { r.set_verification_id("r-1.01"); }},
      {"verification_id ", [](Request& r) { r.set_verification_id(std::string(81, 'x')); }},
      {"registration_id ", [](Request& r) { r.clear_registration_id(); }},
      {"dossier ", [](Request& r) { r.clear_dossier(); }},
      {"dossier_digest ", [](Request& r) { r.set_dossier_digest("short"); }},
      {"dossier_digest ", [](Request& r) { r.mutable_dossier()->set_tax_code("0312687878"); }},
  };
  for (const Case& c : cases) {
    Request request = testing::Request("r-1");
    c.change(request);
    const absl::Status status = Validate(request);
    CHECK(Fields(status) == c.fields);
    CHECK(status.ok() == std::string(c.fields).empty());
  }
}

TEST_CASE("what registration took is not refused here") {
  v1::EnsureVerificationRequest request;
  request.set_registration_id("r-1");
  request.set_verification_id("r-1.1");
  // An organization of another kind that names a tax code as its identification code.
  request.mutable_dossier()->set_category(dossier::v1::ORGANIZATION_CATEGORY_OTHER);
  request.mutable_dossier()->set_agency_code("0100109106");
  request.set_dossier_digest(kv::DigestOf(request.dossier()));
  CHECK_OK(Validate(request));
}

TEST_CASE("CheckPerson wants a number, a name, a day of birth") {
  v1::CheckPersonRequest request;
  CHECK(Fields(Validate(request)) == "personal_id full_name birth_date ");
  request.set_personal_id(testing::kPersonalId);
  request.set_full_name("Lê Văn Núi Xanh");
  *request.mutable_birth_date() = testing::Date(1990, 2, 30);
  request.set_phone("12");
  CHECK(Fields(Validate(request)) == "birth_date phone ");
  *request.mutable_birth_date() = testing::Date(1990, 2, 28);
  request.set_phone("+84912345678");
  CHECK_OK(Validate(request));
}

TEST_CASE("the other requests") {
  CHECK(Fields(Validate(v1::GetVerificationRequest())) == "verification_id ");
  CHECK(Fields(Validate(v1::RetryVerificationRequest())) == "request_id verification_id ");
  CHECK_OK(Validate(v1::ListVerificationsRequest()));
  v1::ListVerificationsRequest list;
  list.set_state(static_cast<v1::Verification::State>(9));
  list.set_registration_id("a\nb");
  CHECK(Fields(Validate(list)) == "registration_id state ");
}

}  // namespace
}  // namespace eid::verification
