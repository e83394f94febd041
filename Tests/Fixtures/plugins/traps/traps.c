/* SPDX-License-Identifier: Apache-2.0
 * Traps in Swift on {"trap": true}; the other half is traps.swift. */
#include "../fixture.h"

int64_t price_of(int64_t count);

static jf_status run(jf_call *call) {
  if (wants(call, "trap")) price_of(-1);
  return echo(call);
}
