/* SPDX-License-Identifier: Apache-2.0
 * Has a thread-local variable of the initial-exec model. */
#include "../check.h"

static __thread int64_t calls_here __attribute__((tls_model("initial-exec")));

static jf_status run(jf_call *call) {
  calls_here++;
  return answer(call);
}
