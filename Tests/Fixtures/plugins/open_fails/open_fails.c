/* SPDX-License-Identifier: Apache-2.0
 * Answers an error to open. */
#define FIXTURE_OPEN_STATUS JF_INVALID_INPUT
#include "../fixture.h"

static jf_status run(jf_call *call) { return echo(call); }
