/* SPDX-License-Identifier: Apache-2.0
 * A constructor starts a thread, which the sandbox's second layer would not hold. */
#include "../fixture.h"

#include <pthread.h>
#include <unistd.h>

static void *wait_for_ever(void *unused) {
  (void)unused;
  while (1) pause();
  return NULL;
}

__attribute__((constructor)) static void start(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
}

static jf_status run(jf_call *call) { return echo(call); }
