/* SPDX-License-Identifier: Apache-2.0
 * The disk as SQLite finds it: a `sqlite3_vfs` under the disk's name. */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

static int32_t is_journal(int flags) {
  return (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
}

/* Finds or makes the file of a name; NULL and `code` where that cannot be. */
static sim_file *find(sim_disk *disk, const char *name, int flags, int *code) {
  sim_name *entry = name ? sim_folder_find(disk->names, name) : NULL;
  if (entry) {
    entry->file->references++;
    return entry->file;
  }
  if (name && !(flags & SQLITE_OPEN_CREATE)) {
    *code = SQLITE_CANTOPEN;
    return NULL;
  }
  *code = sim_pass(disk, SIM_DISK_FOLDER, SQLITE_IOERR);
  if (*code != SQLITE_OK) return NULL;
  sim_file *file = sim_file_make();
  if (name) sim_folder_put(disk, name, file, 0);
  return file;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags,
                     int *out_flags) {
  sim_handle *handle = (sim_handle *)base;
  sim_disk *disk = sim_disk_of(vfs);
  int code = SQLITE_OK;
  memset(handle, 0, sizeof *handle);
  sim_lock(disk);
  if (disk->is_off) {
    code = SQLITE_IOERR;
  } else {
    handle->file = find(disk, name, flags, &code);
  }
  if (code == SQLITE_OK) {
    handle->base.pMethods = &sim_methods;
    handle->disk = disk;
    handle->generation = disk->generation;
    handle->syncs_folder = flags & SQLITE_OPEN_CREATE && is_journal(flags);
    if (name && flags & SQLITE_OPEN_DELETEONCLOSE) handle->removed_at_close = strdup(name);
    disk->references++;
    if (out_flags) *out_flags = flags;
  }
  sim_unlock(disk);
  return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync_folder) {
  sim_disk *disk = sim_disk_of(vfs);
  int code = SQLITE_IOERR_DELETE_NOENT;
  sim_lock(disk);
  if (sim_folder_find(disk->names, name)) {
    code = sim_pass(disk, SIM_DISK_FOLDER, SQLITE_IOERR_DELETE);
    if (code == SQLITE_OK) sim_folder_put(disk, name, NULL, 0);
    if (code == SQLITE_OK && sync_folder) sim_folder_sync(disk);
  }
  sim_unlock(disk);
  return code;
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *answer) {
  sim_disk *disk = sim_disk_of(vfs);
  sim_lock(disk);
  sim_name *entry = sim_folder_find(disk->names, name);
  /* As on Unix: an empty file does not exist, so that an empty journal is never rolled back. */
  *answer = entry && (flags != SQLITE_ACCESS_EXISTS || entry->file->current.size > 0);
  sim_unlock(disk);
  return SQLITE_OK;
}

static int full_path(sqlite3_vfs *vfs, const char *name, int room, char *out) {
  (void)vfs;
  size_t size = strlen(name) + 1;
  if (size > (size_t)room) return SQLITE_CANTOPEN;
  memcpy(out, name, size);
  return SQLITE_OK;
}

/* Always the same start, so that no simulation depends on the process it runs in. */
static int random_bytes(sqlite3_vfs *vfs, int size, char *out) {
  uint64_t state = 0;
  (void)vfs;
  for (int at = 0; at < size; at++) out[at] = (char)sim_random(&state);
  return size;
}

static int do_not_sleep(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return microseconds;
}

/* Noon of the first of January 2026, as a Julian day in milliseconds: the store asks no clock. */
static int now(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
  (void)vfs;
  *milliseconds = INT64_C(2461042) * 86400000;
  return SQLITE_OK;
}

static int now_days(sqlite3_vfs *vfs, double *days) {
  sqlite3_int64 milliseconds;
  now(vfs, &milliseconds);
  *days = (double)milliseconds / 86400000.0;
  return SQLITE_OK;
}

static int last_error(sqlite3_vfs *vfs, int size, char *out) {
  (void)vfs;
  if (size > 0) out[0] = 0;
  return 0;
}

void sim_vfs_fill(sim_disk *disk, char *name) {
  disk->vfs = (sqlite3_vfs){
      .iVersion = 2,
      .szOsFile = sizeof(sim_handle),
      .mxPathname = 512,
      .zName = name,
      .pAppData = disk,
      .xOpen = open_file,
      .xDelete = delete_file,
      .xAccess = access_file,
      .xFullPathname = full_path,
      .xRandomness = random_bytes,
      .xSleep = do_not_sleep,
      .xCurrentTime = now_days,
      .xGetLastError = last_error,
      .xCurrentTimeInt64 = now,
  };
}
