// SPDX-License-Identifier: Apache-2.0
// Catch2, whichever of versions 2 and 3 is installed. `eid_testing` holds main().
// Assertions are for the test's own thread: hand results over to it, assert there.
#pragma once

// A test's CHECK is Catch2's. See common/log/log.h.
#undef CHECK

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
