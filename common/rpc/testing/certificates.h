// SPDX-License-Identifier: Apache-2.0
// Certificates as tools/make_certs makes them for development, rogue ones too.
#pragma once

#include <string>

#include "common/rpc/rpc_config.pb.h"

namespace eid::rpc::testing {

// A directory of certificates, made once per test program and removed at its end.
const std::string& Certificates();

// How the program `name` listens and how it calls `server`, with certificates of that directory.
ServerTls TlsOfServer(const std::string& name, bool require_client_certificate = true);
ClientTls TlsOfClient(const std::string& name, const std::string& server);

}  // namespace eid::rpc::testing
