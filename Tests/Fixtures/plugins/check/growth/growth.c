/* SPDX-License-Identifier: Apache-2.0
 * Leaks a little in each call. */
#include <stdlib.h>

#include "../check.h"

static jf_status run(jf_call *call) {
  static void *volatile leaked;
  leaked = malloc(100);
  (void)leaked;
  return answer(call);
}
