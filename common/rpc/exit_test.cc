// SPDX-License-Identifier: Apache-2.0
// How a program ends. A program of its own: nobody else may have used OpenSSL before.
#include <openssl/crypto.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "common/rpc/server.h"
#include "common/testing/catch.h"

namespace eid::rpc {
namespace {

int told = -1;

TEST_CASE("OpenSSL is not cleared up at the end, under the threads that still use it") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const StopSignal stop;
    told = ends[1];
    OPENSSL_init_crypto(OPENSSL_INIT_ADD_ALL_CIPHERS, nullptr);  // as whoever uses it does
    OPENSSL_atexit([] {
      if (::write(told, "x", 1) != 1) ::_exit(2);
    });
    std::exit(0);
  }
  ::close(ends[1]);
  char byte = 0;
  CHECK(::read(ends[0], &byte, 1) == 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  ::close(ends[0]);
}

}  // namespace
}  // namespace eid::rpc
