# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

new_service() { fail "there is no services/approval yet to copy"; }
