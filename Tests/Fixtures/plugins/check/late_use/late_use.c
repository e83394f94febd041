/* SPDX-License-Identifier: Apache-2.0
 * Leaves a thread of its first call behind, which goes on with it. */
#include <pthread.h>
#include <unistd.h>

#include "../check.h"

static void *go_on(void *call) {
  usleep(50000);
  calls->budget_ms(call);
  return NULL;
}

static jf_status run(jf_call *call) {
  static int is_started;
  pthread_t thread;
  if (is_started) return answer(call);
  is_started = 1;
  if (pthread_create(&thread, NULL, go_on, call) != 0) return JF_FAILED;
  pthread_detach(thread);
  return answer(call);
}
