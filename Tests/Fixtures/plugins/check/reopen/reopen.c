/* SPDX-License-Identifier: Apache-2.0
 * Leaks a little in each open. */
#include <stdlib.h>

#define FIXTURE_AT_OPEN leak()
static void leak(void);
#include "../check.h"

static void leak(void) {
  static void *volatile leaked;
  leaked = malloc(100);
  (void)leaked;
}

static jf_status run(jf_call *call) { return answer(call); }
