/* SPDX-License-Identifier: Apache-2.0
 * The disk: its life, its faults, and what a program does with it beside SQLite. */
#include "disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

sim_disk *sim_disk_of(sqlite3_vfs *vfs) { return vfs->pAppData; }

void sim_lock(sim_disk *disk) { pthread_mutex_lock(&disk->mutex); }
void sim_unlock(sim_disk *disk) { pthread_mutex_unlock(&disk->mutex); }

/* splitmix64: one multiplication chain, no state beyond a number. */
uint64_t sim_random(uint64_t *state) {
  uint64_t value = *state += 0x9E3779B97F4A7C15u;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
  value = (value ^ value >> 27) * 0x94D049BB133111EBu;
  return value ^ value >> 31;
}

static void calm(sim_disk *disk) {
  disk->limit = -1;
  disk->busy = 0;
  disk->power_off_in = -1;
  disk->is_off = 0;
  disk->fail_kinds = 0;
  disk->fail_in = disk->fail_count = 0;
}

sim_disk *sim_disk_make(const char *name) {
  if (sqlite3_initialize() != SQLITE_OK || sqlite3_vfs_find(name)) return NULL;
  sim_disk *disk = calloc(1, sizeof *disk);
  char *copy = strdup(name);
  if (!disk || !copy) abort();
  pthread_mutex_init(&disk->mutex, NULL);
  disk->references = 1;
  disk->last_folder_change = &disk->folder_changes;
  calm(disk);
  sim_vfs_fill(disk, copy);
  sqlite3_vfs_register(&disk->vfs, 0);
  return disk;
}

sim_disk *sim_disk_copy(sim_disk *from, const char *name) {
  sim_disk *disk = sim_disk_make(name);
  if (!disk) return NULL;
  /* The new one is known to nobody yet: one mutex is enough. */
  sim_lock(from);
  for (sim_name *entry = from->names; entry; entry = entry->next) {
    sim_file *copy = sim_file_copy(entry->file);
    sim_folder_put(disk, entry->name, copy, 0);
    sim_file_release(copy);
  }
  sim_unlock(from);
  sim_folder_sync(disk);
  return disk;
}

void sim_disk_release(sim_disk *disk) {
  sim_lock(disk);
  int32_t left = --disk->references;
  sim_unlock(disk);
  if (left > 0) return;
  sim_folder_free(disk);
  pthread_mutex_destroy(&disk->mutex);
  free((char *)disk->vfs.zName);
  free(disk);
}

void sim_disk_free(sim_disk *disk) {
  if (!disk) return;
  sqlite3_vfs_unregister(&disk->vfs);
  sim_lock(disk);
  disk->generation++;
  sim_unlock(disk);
  sim_disk_release(disk);
}

/* --- crashes and faults --- */

void sim_disk_crash(sim_disk *disk, uint64_t seed) {
  uint64_t random = seed;
  sim_lock(disk);
  disk->generation++;
  disk->counts.crashes++;
  sim_folder_crash(disk, &random);
  calm(disk);
  sim_unlock(disk);
}

void sim_disk_power_off_at(sim_disk *disk, int64_t operation) {
  sim_lock(disk);
  disk->power_off_in = operation > 0 ? operation : -1;
  sim_unlock(disk);
}

int32_t sim_disk_is_off(sim_disk *disk) {
  sim_lock(disk);
  int32_t is_off = disk->is_off;
  sim_unlock(disk);
  return is_off;
}

void sim_disk_fail_at(sim_disk *disk, int32_t kinds, int64_t operation, int64_t count) {
  sim_lock(disk);
  disk->fail_kinds = kinds;
  disk->fail_in = operation;
  disk->fail_count = operation > 0 ? count : 0;
  sim_unlock(disk);
}

void sim_disk_limit(sim_disk *disk, int64_t bytes) {
  sim_lock(disk);
  disk->limit = bytes;
  sim_unlock(disk);
}

void sim_disk_busy(sim_disk *disk, int64_t count) {
  sim_lock(disk);
  disk->busy = count;
  sim_unlock(disk);
}

static void count(sim_disk *disk, int32_t kind) {
  switch (kind) {
    case SIM_DISK_READ: disk->counts.reads++; break;
    case SIM_DISK_WRITE: disk->counts.writes++; break;
    case SIM_DISK_SYNC: disk->counts.syncs++; break;
    case SIM_DISK_TRUNCATE: disk->counts.truncates++; break;
    default: disk->counts.folder_changes++;
  }
}

int sim_pass(sim_disk *disk, int32_t kind, int code) {
  if (disk->is_off) return code;
  count(disk, kind);
  if (kind != SIM_DISK_READ && disk->power_off_in > 0 && --disk->power_off_in == 0) {
    disk->is_off = 1;
    return code;
  }
  if (!(disk->fail_kinds & kind) || disk->fail_count <= 0) return SQLITE_OK;
  if (disk->fail_in > 1) {
    disk->fail_in--;
    return SQLITE_OK;
  }
  disk->fail_count--;
  return code;
}

sim_disk_counts sim_disk_count(sim_disk *disk) {
  sim_lock(disk);
  sim_disk_counts counts = disk->counts;
  counts.bytes = sim_folder_bytes(disk);
  for (sim_name *entry = disk->names; entry; entry = entry->next) {
    counts.unsynced += entry->file->change_count;
  }
  sim_unlock(disk);
  return counts;
}

/* --- beside SQLite --- */

int64_t sim_disk_head(sim_disk *disk, const char *name, void *bytes, int64_t size) {
  sim_lock(disk);
  int64_t answer = -ENOENT;
  sim_name *entry = sim_folder_find(disk->names, name);
  if (sim_pass(disk, SIM_DISK_READ, SQLITE_IOERR) != SQLITE_OK) {
    answer = -EIO;
  } else if (entry) {
    answer = entry->file->current.size < size ? entry->file->current.size : size;
    if (answer) memcpy(bytes, entry->file->current.bytes, (size_t)answer);
  }
  sim_unlock(disk);
  return answer;
}

int32_t sim_disk_touch(sim_disk *disk, const char *name) {
  int32_t answer = 0;
  sim_lock(disk);
  if (sim_pass(disk, SIM_DISK_FOLDER, SQLITE_IOERR) != SQLITE_OK) {
    answer = -EIO;
  } else if (sim_folder_find(disk->names, name)) {
    answer = -EEXIST;
  } else {
    sim_file *file = sim_file_make();
    sim_folder_put(disk, name, file, 0);
    sim_file_release(file);
  }
  sim_unlock(disk);
  return answer;
}

int32_t sim_disk_remove(sim_disk *disk, const char *name) {
  int32_t answer = 0;
  sim_lock(disk);
  if (sim_pass(disk, SIM_DISK_FOLDER, SQLITE_IOERR) != SQLITE_OK) {
    answer = -EIO;
  } else if (!sim_folder_find(disk->names, name)) {
    answer = -ENOENT;
  } else {
    sim_folder_put(disk, name, NULL, 0);
  }
  sim_unlock(disk);
  return answer;
}

int32_t sim_disk_rename(sim_disk *disk, const char *from, const char *to) {
  int32_t answer = 0;
  sim_lock(disk);
  sim_name *entry = sim_folder_find(disk->names, from);
  if (sim_pass(disk, SIM_DISK_FOLDER, SQLITE_IOERR) != SQLITE_OK) {
    answer = -EIO;
  } else if (!entry) {
    answer = -ENOENT;
  } else {
    sim_folder_put(disk, to, entry->file, 1);
    sim_folder_put(disk, from, NULL, 0);
  }
  sim_unlock(disk);
  return answer;
}

int32_t sim_disk_sync_folder(sim_disk *disk) {
  sim_lock(disk);
  int code = sim_pass(disk, SIM_DISK_FOLDER, SQLITE_IOERR);
  if (code == SQLITE_OK) sim_folder_sync(disk);
  sim_unlock(disk);
  return code == SQLITE_OK ? 0 : -EIO;
}

int32_t sim_disk_damage(sim_disk *disk, const char *name, int64_t offset, const void *bytes,
                        int64_t size) {
  sim_lock(disk);
  sim_name *entry = sim_folder_find(disk->names, name);
  if (entry) {
    sim_image_write(&entry->file->current, offset, bytes, size);
    sim_image_write(&entry->file->synced, offset, bytes, size);
  }
  sim_unlock(disk);
  return entry ? 0 : -ENOENT;
}

int32_t sim_disk_cut(sim_disk *disk, const char *name, int64_t size) {
  sim_lock(disk);
  sim_name *entry = sim_folder_find(disk->names, name);
  if (entry) {
    sim_image_cut(&entry->file->current, size);
    sim_image_cut(&entry->file->synced, size);
  }
  sim_unlock(disk);
  return entry ? 0 : -ENOENT;
}

int64_t sim_disk_size(sim_disk *disk, const char *name) {
  sim_lock(disk);
  sim_name *entry = sim_folder_find(disk->names, name);
  int64_t size = entry ? entry->file->current.size : -ENOENT;
  sim_unlock(disk);
  return size;
}
