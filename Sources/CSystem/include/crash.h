/* SPDX-License-Identifier: Apache-2.0
 *
 * crash.h: where in its plugin a worker was when a signal ended it, left in memory that the host
 * reads afterwards.
 */
#ifndef JACKFIELD_SYSTEM_CRASH_H
#define JACKFIELD_SYSTEM_CRASH_H

#include <stdint.h>

#define SYS_CRASH_PLACES 16

/* What a worker left. `places[0]` is where it was, 0 when that is not in the image; the others are
 * where its callers would have gone on, the innermost first. Addresses as the image was linked. */
typedef struct sys_crash_record {
  uint32_t signal; /* 0: nothing was written */
  uint32_t count;  /* of `places` */
  uint64_t places[SYS_CRASH_PLACES];
} sys_crash_record;

/* From now on the signals of a crash are noted in `record` before they end the process as they
 * would have. `symbol` is an address inside of the image whose places count. Returns 0 or -errno. */
int32_t sys_crash_watch(sys_crash_record *record, const void *symbol);

/* Gives the calling thread a stack to note a crash on, for when it has used up its own. Called near
 * the top of the thread. Returns 0 or -errno. */
int32_t sys_crash_thread(void);

#endif
