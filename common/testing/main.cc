// SPDX-License-Identifier: Apache-2.0
// The main() of every test program.
#define CATCH_CONFIG_RUNNER
#include "common/testing/catch.h"

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
