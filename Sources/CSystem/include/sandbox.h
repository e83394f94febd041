/* SPDX-License-Identifier: Apache-2.0
 *
 * sandbox.h: how a worker gives up, for good, what it does not need. These are the means; which
 * files, which limits and which of them are in force is decided by the host.
 *
 * Landlock before ABI 8 confines only the calling thread, so everything here is done while a
 * process has a single one.
 */
#ifndef JACKFIELD_SYSTEM_SANDBOX_H
#define JACKFIELD_SYSTEM_SANDBOX_H

#include <stdint.h>

/* What a worker is for, which decides the system calls that it keeps. */
#define SYS_PROFILE_ACTION 1    /* no sockets at all */
#define SYS_PROFILE_TRANSPORT 2 /* may make internet sockets and connect them */
#define SYS_PROFILE_LISTENER 3  /* may accept on the one descriptor it inherited */

/* What may be done with the files of a rule, as bits. */
#define SYS_FILE_READ 1u
#define SYS_FILE_EXECUTE 2u
#define SYS_FILE_WRITE 4u

/* The version of Landlock that this kernel offers; 0 where it has none, or has it switched off. */
int32_t sys_landlock_version(void);

/* Whether this kernel can filter system calls. */
int32_t sys_seccomp_offered(void);

/* A rule set in which nothing is allowed yet: no file, and from version 4 on no TCP beyond the
 * profile's, from 6 on no signal and no abstract socket of others. Returns a descriptor, closed at
 * exec, or -errno. */
int32_t sys_landlock_create(int32_t version, int32_t profile);

/* Allows what `rights` (SYS_FILE_*) says at a file, or at everything below a folder. Follows links
 * once, now. Returns 0 or -errno. */
int32_t sys_landlock_allow(int32_t rules, int32_t version, const char *path, uint32_t rights);

/* Whether a filter is in force in this process already. */
int32_t sys_seccomp_in_force(void);

/* Puts a rule set in force for this thread and all it makes, and closes it. Returns 0 or -errno. */
int32_t sys_landlock_enforce(int32_t rules);

/* Puts the filter of a profile in force for all threads: what it does not list answers EPERM, what
 * is newer than the list ENOSYS. `listening` is the descriptor a listener may accept on.
 * Returns 0 or -errno. */
int32_t sys_seccomp_enforce(int32_t profile, int32_t listening);

/* The bounds of one worker. 0: as it is. */
typedef struct sys_worker_limits {
  uint64_t data_bytes; /* what it may allocate beyond what it has now (RLIMIT_DATA) */
  uint64_t file_bytes; /* the size of one file it writes (RLIMIT_FSIZE) */
  uint64_t open_files; /* RLIMIT_NOFILE, within the hard limit */
  uint64_t processes;  /* threads of its user (RLIMIT_NPROC); only with a user of its own */
  int32_t niceness;
  int32_t reserved;
} sys_worker_limits;

/* Sets the bounds; none of them can be raised again. Returns 0 or -errno. */
int32_t sys_worker_limit(const sys_worker_limits *limits);

/* Becomes the user and group `id` without any other group; 0 stays who it is. Either way no
 * capability is left. Binds to the parent behind `socket` again, which a change of user undoes.
 * Returns 0, -ESRCH when the parent is gone, or -errno. */
int32_t sys_worker_become(uint32_t id, int32_t socket);

/* A thread as it was found. */
typedef struct sys_thread_look {
  int32_t id;
  uint8_t is_runnable; /* on a processor or waiting for one, not asleep */
  uint8_t is_behind;   /* of SCHED_IDLE */
  uint64_t sleeps;     /* how often it went to sleep by its own will; starving is none of that */
} sys_thread_look;

/* The threads of a process that are runnable or behind, at most `most` of them. About 10 us for
 * each thread there is. Returns how many were written, or -errno. */
int32_t sys_threads_look(int32_t pid, sys_thread_look *out, int32_t most);

/* Puts a thread behind those of every process (1), or back among them (0). What a thread behind
 * starts is behind too. An ordinary user cannot bring one back: EPERM. Returns 0 or -errno. */
int32_t sys_thread_behind(int32_t id, int32_t behind);

/* Gives up every power of root's in the calling thread and what it makes. Returns 0 or -errno. */
int32_t sys_capabilities_drop(void);

/* The number of threads of this process. Works under Landlock. Returns it or -errno. */
int32_t sys_worker_threads(void);

#endif
