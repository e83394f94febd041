/* SPDX-License-Identifier: Apache-2.0
 * Fault points: places where a test can have a process killed, exactly there.
 *
 * JACKFIELD_FAULT is "point:count:victim": at the count-th time `point` is passed, `victim` is
 * killed: "host" (this process), or "worker:ID" (a worker that holds the plugin ID). What was done
 * is appended to JACKFIELD_FAULT_LOG. Without the variable a point costs one comparison. */
#ifndef SYS_FAULT_H
#define SYS_FAULT_H

#include <stdint.h>

/* The points, in the order of an event's life. */
#define SYS_FAULT_ACCEPT 1  /* the event is written, not committed */
#define SYS_FAULT_COMMIT 2  /* committed, the 2xx not sent */
#define SYS_FAULT_CALL 3    /* a call is open in a worker */
#define SYS_FAULT_LEFT 4    /* a request is about to reach its peer */
#define SYS_FAULT_OUTCOME 5 /* the outcome is written, not committed */

/* The points of a change of the data folder's key. */
#define SYS_FAULT_KEY_DRAFTED 6   /* the new key is on disk, nothing is sealed with it */
#define SYS_FAULT_KEY_SEALED 7    /* all is sealed with it, not committed */
#define SYS_FAULT_KEY_COMMITTED 8 /* committed, the old key's file still in its place */

/* The point of a blob: its file has its name, nothing is committed. */
#define SYS_FAULT_BLOB 9

/* Passes a point. Kills this process when it is the victim; else returns whether the caller is to
 * kill the victim it is asked for, and to say with `sys_fault_done` whether there was one: where
 * there was none, the next pass of the point asks again. */
int32_t sys_fault(int32_t point);
void sys_fault_done(int32_t killed);

/* The plugin whose worker is to be killed, "" for none. */
const char *sys_fault_victim(void);

#endif
