// SPDX-License-Identifier: Apache-2.0
// The main() of every test program.
#define CATCH_CONFIG_RUNNER
#include "common/testing/catch.h"

// Debian's RocksDB is not instrumented: ThreadSanitizer does not see how it orders its readers after
// its writer. None of our code runs under its frames.
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __tsan_default_suppressions() { return "race:librocksdb.so\n"; }  // NOLINT

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
