// SPDX-License-Identifier: Apache-2.0
#include "tools/demo/try_it.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/substitute.h"
#include "common/status/macros.h"

namespace eid::demo {
namespace {

absl::Status WritePrivate(const std::string& path, absl::string_view text) {
  const mode_t before = umask(0077);
  std::ofstream file(path, std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  umask(before);
  return file ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write ", path));
}

}  // namespace

absl::Status PrintLinesToTry(suite::World& world, const Outcome& outcome) {
  const suite::Suite& suite = world.suite();
  const std::string login = suite.directory() + "/login.json";
  RETURN_IF_ERROR(WritePrivate(
      login,
      absl::Substitute(R"({"personal_id": "$0", "factors": [{"password": "$1"}]})"
                       "\n",
                       outcome.applicant->data().personal_id, outcome.applicant->password())));
  const std::string grpcurl = absl::StrCat("grpcurl -cacert ", suite.certificates(), "/ca.crt");
  const std::string gateway = suite.address("gateway");
  absl::PrintF(
      "\nThe suite goes on at %s (logs and state in %s). Try:\n\n"
      "  # What is there\n"
      "  %s %s list\n"
      "  %s %s describe eid.org_registration.v1.RegistrationService.SubmitRegistration\n\n"
      "  # How far a file is, for anyone who has its code\n"
      "  %s -d '{\"file_code\": \"%s\"}' %s eid.org_registration.v1.TrackingService/GetStatus\n\n",
      gateway, suite.directory(), grpcurl, gateway, grpcurl, gateway, grpcurl, outcome.file_code,
      gateway);
  absl::PrintF(
      "  # Log in as the first applicant with the password (level 1), and use the token\n"
      "  TOKEN=$(%s -d @ %s eid.identity.v1.AuthenticationService/Login < %s |"
      " sed -n 's/.*\"accessToken\": \"\\(.*\\)\".*/\\1/p')\n"
      "  %s -H \"authorization: Bearer $TOKEN\" %s"
      " eid.org_registration.v1.RegistrationService/ListRegistrations\n\n"
      "  # Bad input: every violation at once\n"
      "  %s -d '{\"personal_id\": \"12\"}' %s eid.identity.v1.AuthenticationService/Login\n\n",
      grpcurl, gateway, login, grpcurl, gateway, grpcurl, gateway);
  absl::PrintF(
      "  # The messages that the carrier was given, as its operator\n"
      "  %s -cert %s/operator.crt -key %s/operator.key -authority carrier"
      " %s eid.simulator.v1.SimulatorControlService/ListMessages\n\n"
      "Stop it with: tools/dev demo --stop\n",
      grpcurl, suite.certificates(), suite.certificates(), suite.address("carrier"));
  return absl::OkStatus();
}

}  // namespace eid::demo
