// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/suite/stage.h"

#include <fstream>
#include <future>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace eid::bench {
namespace {

// In the seed of the business register, and its representative in that of the population database.
constexpr char kOrganization[] = "0195462677";
constexpr char kRepresentative[] = "030185712092";

// In the seed of the population database.
constexpr const char* kApplicants[] = {"030185712092", "056078026466", "025193730508",
                                       "079079470511", "074076635792", "010187411407",
                                       "044177066906", "040088802046"};

}  // namespace

absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> ConnectAll(
    const std::string& address, const std::string& certificates, const std::string& name,
    const std::string& server_name) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < kConnections; ++i) {
    ASSIGN_OR_RETURN(channels.emplace_back(),
                     suite::Connect(address, certificates, name, server_name));
  }
  return channels;
}

Stage::~Stage() {
  gateway_ = nullptr;
  admins_.clear();
  if (world_ != nullptr) world_->suite().StopAll();
}

absl::Status Stage::Ensure() {
  if (world_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string directory, context_.FreshFolder(folder_));
  ASSIGN_OR_RETURN(world_, suite::World::Create({.directory = directory}));
  ASSIGN_OR_RETURN(Mint mint, Mint::Open(world_->suite()));
  mint_ = std::make_unique<Mint>(std::move(mint));
  ASSIGN_OR_RETURN(const auto channels,
                   ConnectAll(world_->suite().address("gateway"), world_->suite().certificates(),
                              "", "localhost"));
  gateway_ = std::make_unique<Caller>(channels);
  ASSIGN_OR_RETURN(const auto record, world_->SeededOrganization(kOrganization));
  ASSIGN_OR_RETURN(const suite::PersonData representative, world_->Seeded(kRepresentative));
  dossier_ = suite::DossierOf(record, representative);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Caller>> Stage::CallerAt(const std::string& program,
                                                        const std::string& as) {
  suite::Suite& suite = world_->suite();
  ASSIGN_OR_RETURN(const auto channels,
                   ConnectAll(suite.address(program), suite.certificates(), as, program));
  return std::make_unique<Caller>(channels);
}

absl::Status Stage::AdmitApplicants() {
  if (!applicants_.empty()) return absl::OkStatus();
  for (const char* personal_id : kApplicants) {
    ASSIGN_OR_RETURN(applicants_.emplace_back(), world_->Admit(personal_id));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Stage::ApplicantTokens() {
  std::vector<std::string> tokens;
  for (const auto& person : applicants_) {
    RETURN_IF_ERROR(person->Login());
    tokens.push_back(person->token());
  }
  return tokens;
}

rpc::PeerConfig Stage::WayTo(const std::string& program) {
  suite::Suite& suite = world_->suite();
  rpc::PeerConfig peer;
  peer.set_address(suite.address(program));
  peer.mutable_tls()->set_ca_path(suite.certificates() + "/ca.crt");
  peer.mutable_tls()->set_certificate_chain_path(suite.certificates() + "/gateway.crt");
  peer.mutable_tls()->set_private_key_path(suite.certificates() + "/gateway.key");
  peer.mutable_tls()->set_server_name(program);
  return peer;
}

Watched Stage::Processes(const std::vector<std::string>& programs) {
  Watched watched;
  for (const std::string& program : programs) {
    watched.pids.push_back(world_->suite().process(program).pid());
  }
  watched.fsyncs = [this, programs]() -> std::optional<uint64_t> {
    uint64_t syncs = 0;
    for (const std::string& program : programs) {
      // It keeps no data.
      if (program == "gateway") continue;
      const auto info = InfoOf(program);
      if (!info.ok()) return std::nullopt;
      syncs += static_cast<uint64_t>(info->syncs());
    }
    return syncs;
  };
  return watched;
}

absl::StatusOr<admin::v1::Info> Stage::InfoOf(const std::string& program) {
  auto& admin = admins_[program];
  if (admin == nullptr) {
    suite::Suite& suite = world_->suite();
    ASSIGN_OR_RETURN(const auto channel, suite::Connect(suite.address(program),
                                                        suite.certificates(), "operator", program));
    admin = admin::v1::AdminService::NewStub(channel);
  }
  return suite::Call(*admin, &admin::v1::AdminService::Stub::GetInfo, admin::v1::GetInfoRequest());
}

absl::Status CheckSize(absl::string_view what, size_t real, size_t bare) {
  const size_t apart = real > bare ? real - bare : bare - real;
  if (apart * 20 <= real) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(what, " has ", real, " bytes, the bare one ", bare));
}

absl::StatusOr<size_t> AnswerBytes(Caller& caller, const std::string& method,
                                   const std::string& request, const std::string& token) {
  std::promise<absl::StatusOr<size_t>> promise;
  caller.Ask(method, Bytes(request), token,
             [&](const absl::Status& status, grpc::ByteBuffer& bytes) {
               if (!status.ok()) return promise.set_value(status);
               promise.set_value(bytes.Length());
             });
  return promise.get_future().get();
}

uint64_t BytesWrittenBy(const Watched& watched) {
  uint64_t bytes = 0;
  for (const pid_t pid : watched.pids) {
    std::ifstream file(absl::StrCat("/proc/", pid, "/io"));
    std::string key;
    uint64_t value = 0;
    while (file >> key >> value) {
      if (key == "write_bytes:") bytes += value;
    }
  }
  return bytes;
}

}  // namespace eid::bench
