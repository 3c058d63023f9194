// SPDX-License-Identifier: Apache-2.0
// The main() of every test program.
#define CATCH_CONFIG_RUNNER
#include "common/testing/catch.h"

// Debian's RocksDB is not instrumented: ThreadSanitizer does not see how it orders its readers after
// its writer. What it copies is not looked at, and nothing under its frames, which none of our code
// runs in, is reported.
// NOLINTBEGIN(bugprone-reserved-identifier): the sanitizer's names
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
  return "ignore_noninstrumented_modules=1:history_size=4:second_deadlock_stack=1";
}
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:librocksdb.so\n"; }
// NOLINTEND(bugprone-reserved-identifier)

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
