/* SPDX-License-Identifier: Apache-2.0
 * A disk in memory for SQLite that forgets what was never synced when its power fails.
 *
 * A kill of a process tests no fsync: the page cache outlives it. This disk does test it. Of each
 * file it keeps what was synced and, apart, every write and truncation since; a crash keeps a part
 * of those that a seed chooses, in sectors of 512 bytes, and drops the rest. Names made, removed
 * or renamed since the folder was last synced may be lost too, the latest first, as a journalling
 * file system loses them.
 *
 * A disk is one `sqlite3_vfs` under its own name, so many can live in one process, and nothing of
 * one reaches another. Locks and the shared memory of WAL are emulated in the process. SQLite
 * draws the salts of its log from its own generator, so bytes differ between two processes; what
 * is kept of a crash does not.
 *
 * Time does not pass here: SQLite's waits for a busy lock return at once.
 *
 * Thread: any, each call takes the disk's mutex.
 * Owner: the caller owns what `sim_disk_make` returns and gives it back to `sim_disk_free`. */
#ifndef SIMULATED_DISK_H
#define SIMULATED_DISK_H

#include <stdint.h>

typedef struct sim_disk sim_disk;

/* Kinds of operation, for faults: a mask. */
#define SIM_DISK_READ 1
#define SIM_DISK_WRITE 2
#define SIM_DISK_SYNC 4
#define SIM_DISK_TRUNCATE 8
#define SIM_DISK_FOLDER 16 /* a name is made, removed, renamed; the folder is synced */

/* Makes an empty disk and registers its VFS.
 * Returns: NULL when `name` is registered already or memory is short. */
sim_disk *sim_disk_make(const char *name);

/* Makes a disk that holds the same files as another, all of it synced: a folder that many trials
 * begin with is made once.
 * Returns: NULL as `sim_disk_make` does. */
sim_disk *sim_disk_copy(sim_disk *from, const char *name);

/* Unregisters it. Connections still open keep what they need and answer errors from now on. */
void sim_disk_free(sim_disk *disk);

/* --- crashes --- */

/* The power fails now and comes back. Every open connection is dead from here on: its reads and
 * writes fail and reach nothing. Faults and limits that were asked for are over.
 * `seed` alone decides what is kept of what was not synced. */
void sim_disk_crash(sim_disk *disk, uint64_t seed);

/* The power fails at the `operation`th write, sync, truncation or change of the folder from now:
 * it and every later one fails, reads too, until `sim_disk_crash`. 1 is the next one; 0 takes the
 * wish back. */
void sim_disk_power_off_at(sim_disk *disk, int64_t operation);

/* Returns: 1 between such a failure of power and the crash that ends it, else 0. */
int32_t sim_disk_is_off(sim_disk *disk);

/* --- faults --- */

/* The `operation`th operation of one of `kinds` from now, and the `count - 1` after it, fail with
 * SQLite's I/O error and change nothing. 0 as `operation` takes the wish back. */
void sim_disk_fail_at(sim_disk *disk, int32_t kinds, int64_t operation, int64_t count);

/* At most so many bytes fit on it, all files together; less than there are now is a full disk.
 * -1 is no limit. A write over the limit writes what fits and answers SQLITE_FULL. */
void sim_disk_limit(sim_disk *disk, int64_t bytes);

/* The next `count` times a lock is asked for, it is taken by somebody else. */
void sim_disk_busy(sim_disk *disk, int64_t count);

/* --- what happened --- */

typedef struct sim_disk_counts {
  int64_t reads, writes, syncs, truncates, folder_changes;
  int64_t crashes;
  int64_t bytes;    /* in all files now */
  int64_t unsynced; /* writes and truncations that a crash now could lose */
  int64_t dropped;  /* those that crashes lost whole, and */
  int64_t torn;     /* those of which they kept a part */
} sim_disk_counts;

sim_disk_counts sim_disk_count(sim_disk *disk);

/* --- what a program does beside SQLite; the answers are 0 or a negative errno --- */

/* Returns: bytes read from the start of the file, or -ENOENT, -EIO. */
int64_t sim_disk_head(sim_disk *disk, const char *name, void *bytes, int64_t size);
/* Makes an empty file; -EEXIST where there is one. */
int32_t sim_disk_touch(sim_disk *disk, const char *name);
int32_t sim_disk_remove(sim_disk *disk, const char *name);
/* Replaces what was called `to`. */
int32_t sim_disk_rename(sim_disk *disk, const char *from, const char *to);
int32_t sim_disk_sync_folder(sim_disk *disk);
/* Cuts bytes off the end of a file, or writes into it, as if synced: damage done by a test. */
int32_t sim_disk_damage(sim_disk *disk, const char *name, int64_t offset, const void *bytes,
                        int64_t size);
int32_t sim_disk_cut(sim_disk *disk, const char *name, int64_t size);
/* Returns: the size of a file, or -ENOENT. */
int64_t sim_disk_size(sim_disk *disk, const char *name);

#endif
