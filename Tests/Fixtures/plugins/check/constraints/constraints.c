/* SPDX-License-Identifier: Apache-2.0
 * Refuses a text that is too long without a word. */
#include "../check.h"

/* As the checker makes it: one letter, again and again. */
static int is_long(jf_bytes bytes) {
  if (bytes.size <= 100) return 0;
  for (uint64_t i = 0; i < bytes.size; i++)
    if (bytes.data[i] != 'a') return 0;
  return 1;
}

static jf_status run(jf_call *call) {
  if (is_long(values->text(parameter(call, "text"))))
    return refuse(call, JF_INVALID_INPUT, "bad_text", "");
  return answer(call);
}
