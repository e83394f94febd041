/* SPDX-License-Identifier: Apache-2.0
 * Keeps what open made for the thread of open. */
static __thread int is_open;
#define FIXTURE_AT_OPEN is_open = 1
#include "../check.h"

static jf_status run(jf_call *call) {
  if (!is_open) return refuse(call, JF_FAILED, "not_open", "open was called on another thread");
  return answer(call);
}
