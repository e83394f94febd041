/* SPDX-License-Identifier: Apache-2.0
 * The parts of a disk, shared by the files of this target and nobody else. */
#ifndef SIM_DISK_PARTS_H
#define SIM_DISK_PARTS_H

#include "simulated_disk.h"

#include <pthread.h>
#include <sqlite3.h>

/* Bytes with a size; the room behind it is zero. */
typedef struct sim_image {
  uint8_t *bytes;
  int64_t size, room;
} sim_image;

/* A write, or a truncation (`bytes` NULL, the new size in `offset`), not synced yet. */
typedef struct sim_change {
  struct sim_change *next;
  int64_t offset, size;
  uint8_t *bytes;
} sim_change;

#define SIM_SHM_LOCKS SQLITE_SHM_NLOCK

/* The shared memory of one database, alive while a connection has it mapped. */
typedef struct sim_shared {
  void **regions;
  int32_t count, users;
  int32_t shared[SIM_SHM_LOCKS];
  struct sim_handle *exclusive[SIM_SHM_LOCKS];
} sim_shared;

/* A file: alive while a name or a handle refers to it. */
typedef struct sim_file {
  int32_t references;
  sim_image current; /* as a running program sees it */
  sim_image synced;  /* as a crash would leave it at worst */
  sim_change *changes, **last;
  int64_t change_count;
  /* SQLite's five levels of locks: how many read, who is about to write, and whether readers are
   * kept out. */
  int32_t readers;
  struct sim_handle *writer;
  int32_t is_pending;
  sim_shared *shared;
} sim_file;

/* A name in the folder. */
typedef struct sim_name {
  struct sim_name *next;
  char *name;
  sim_file *file;
} sim_name;

/* A change of the folder, not synced yet: a name now leads to `file`, or, NULL, to nothing. A
 * rename is two of them, with `is_half` at the first: no crash comes between. */
typedef struct sim_folder_change {
  struct sim_folder_change *next;
  char *name;
  sim_file *file;
  int32_t is_half;
} sim_folder_change;

struct sim_disk {
  sqlite3_vfs vfs;
  pthread_mutex_t mutex;
  int32_t references; /* its owner and the open handles */
  int64_t generation; /* one more with each crash; handles of an earlier one are dead */
  sim_name *names, *synced_names;
  sim_folder_change *folder_changes, **last_folder_change;
  int64_t limit, busy;
  int64_t power_off_in;
  int32_t is_off;
  int32_t fail_kinds;
  int64_t fail_in, fail_count;
  sim_disk_counts counts;
};

/* What SQLite holds as an open file. */
typedef struct sim_handle {
  sqlite3_file base;
  sim_disk *disk;
  sim_file *file;
  int64_t generation;
  int32_t level; /* SQLITE_LOCK_* */
  uint16_t shm_shared, shm_exclusive;
  int32_t has_shm;
  int32_t syncs_folder; /* a journal or log that may be new: its first sync is its folder's too */
  char *removed_at_close;
} sim_handle;

/* disk.c */
sim_disk *sim_disk_of(sqlite3_vfs *vfs);
void sim_lock(sim_disk *disk);
void sim_unlock(sim_disk *disk);
/* Counts one operation of a kind; SQLITE_OK, or `code` where a fault was asked for. */
int sim_pass(sim_disk *disk, int32_t kind, int code);
void sim_disk_release(sim_disk *disk);
uint64_t sim_random(uint64_t *state);

/* file.c: the mutex is held */
sim_file *sim_file_make(void);
/* A file of the same bytes, all synced. */
sim_file *sim_file_copy(const sim_file *file);
void sim_file_release(sim_file *file);
void sim_image_write(sim_image *image, int64_t offset, const uint8_t *bytes, int64_t size);
void sim_image_cut(sim_image *image, int64_t size);
void sim_file_note(sim_file *file, int64_t offset, const uint8_t *bytes, int64_t size);
void sim_file_sync(sim_file *file);
/* A file as a crash leaves it: what is named afterwards. */
sim_file *sim_file_survivor(sim_file *file, uint64_t *random, sim_disk_counts *counts);

/* folder.c: the mutex is held */
sim_name *sim_folder_find(sim_name *names, const char *name);
void sim_folder_put(sim_disk *disk, const char *name, sim_file *file, int32_t is_half);
void sim_folder_sync(sim_disk *disk);
void sim_folder_crash(sim_disk *disk, uint64_t *random);
void sim_folder_free(sim_disk *disk);
int64_t sim_folder_bytes(sim_disk *disk);

/* handle.c, locks.c */
extern const sqlite3_io_methods sim_methods;
int sim_handle_is_dead(const sim_handle *handle);
int sim_handle_lock(sqlite3_file *file, int level);
int sim_handle_unlock(sqlite3_file *file, int level);
int sim_handle_check(sqlite3_file *file, int *is_reserved);
int sim_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **address);
int sim_shm_lock(sqlite3_file *file, int first, int count, int flags);
void sim_shm_barrier(sqlite3_file *file);
int sim_shm_unmap(sqlite3_file *file, int remove);
void sim_locks_drop(sim_handle *handle);

/* vfs.c: takes the name over */
void sim_vfs_fill(sim_disk *disk, char *name);

#endif
