/* SPDX-License-Identifier: Apache-2.0
 * Crashes on numbers that nobody thought of. */
#include "../check.h"

static jf_status run(jf_call *call) {
  int64_t count = count_of(call);
  if (count > 500 && count < 600) __builtin_trap();
  return answer(call);
}
