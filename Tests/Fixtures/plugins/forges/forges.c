/* SPDX-License-Identifier: Apache-2.0
 * Writes a result for a call that is not its own on {"forge": n}, and a request of call n for which
 * it does not wait on {"request": n}. */
#include "../fixture.h"

#include <unistd.h>

static jf_status run(jf_call *call) {
  int64_t number = 0;
  if (values->integer(values->child(calls->parameters(call), text("forge")), &number)) {
    /* kind 34, no flags, call, no exchange, 10 bytes: status 0 and the text {}. */
    uint8_t message[26] = {34, 0, 0, 0, (uint8_t)number, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0,
                           0,  0, 0, 0, 2, 0, 0, 0, '{', '}'};
    if (write(3, message, sizeof message) < 0) return JF_BUG;
  }
  if (values->integer(values->child(calls->parameters(call), text("request")), &number)) {
    /* kind 35, no flags, call, exchange 9, 11 bytes: service 7, the text {} and no body. */
    uint8_t message[27] = {35, 0, 0, 0, (uint8_t)number, 0, 0, 0, 9, 0, 0, 0, 11, 0, 0, 0,
                           7,  2, 0, 0, 0, '{', '}', 0, 0, 0, 0};
    if (write(3, message, sizeof message) < 0) return JF_BUG;
  }
  return echo(call);
}
