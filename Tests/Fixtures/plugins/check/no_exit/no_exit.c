/* SPDX-License-Identifier: Apache-2.0
 * Could end its process, though nothing makes it. */
#include <stdlib.h>
#include "../check.h"

static volatile int is_fatal = 0;

static jf_status run(jf_call *call) {
  if (is_fatal) exit(3);
  return answer(call);
}
