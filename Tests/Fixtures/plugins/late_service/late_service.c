/* SPDX-License-Identifier: Apache-2.0
 * Waits in a service on another thread while its call returns. */
#include "../fixture.h"

#include <pthread.h>

static pthread_t thread;

static void *late(void *call) {
  calls->credential(call, text("late"), NULL);
  return NULL;
}

static jf_status run(jf_call *call) {
  if (wants(call, "join")) {
    pthread_join(thread, NULL);
    return echo(call);
  }
  pthread_create(&thread, NULL, late, call);
  /* The host has seen the request once it answers this one. */
  calls->credential(call, text("first"), NULL);
  return echo(call);
}
