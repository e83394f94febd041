/* SPDX-License-Identifier: Apache-2.0
 * The locks and the shared memory that connections of one process share.
 *
 * Source: https://www.sqlite.org/c3ref/io_methods.html
 *         https://www.sqlite.org/c3ref/c_shm_lock.html */
#include "disk.h"

#include <stdlib.h>

/* Somebody else has it, because a test said so. */
static int is_taken(sim_disk *disk) {
  if (disk->busy <= 0) return 0;
  disk->busy--;
  return 1;
}

static int raise_level(sim_handle *handle, int level) {
  sim_file *file = handle->file;
  if (level == SQLITE_LOCK_SHARED) {
    if (file->is_pending) return SQLITE_BUSY;
    file->readers++;
    handle->level = level;
    return SQLITE_OK;
  }
  if (file->writer && file->writer != handle) return SQLITE_BUSY;
  file->writer = handle;
  if (level == SQLITE_LOCK_RESERVED) {
    handle->level = level;
    return SQLITE_OK;
  }
  file->is_pending = 1;
  handle->level = file->readers > 1 ? SQLITE_LOCK_PENDING : SQLITE_LOCK_EXCLUSIVE;
  return handle->level >= level ? SQLITE_OK : SQLITE_BUSY;
}

int sim_handle_lock(sqlite3_file *base, int level) {
  sim_handle *handle = (sim_handle *)base;
  int code = SQLITE_OK;
  sim_lock(handle->disk);
  if (sim_handle_is_dead(handle)) {
    code = SQLITE_IOERR_LOCK;
  } else if (handle->level < level) {
    code = is_taken(handle->disk) ? SQLITE_BUSY : raise_level(handle, level);
  }
  sim_unlock(handle->disk);
  return code;
}

static void lower_level(sim_handle *handle, int level) {
  sim_file *file = handle->file;
  if (file->writer == handle && level < SQLITE_LOCK_RESERVED) {
    file->writer = NULL;
    file->is_pending = 0;
  }
  if (level == SQLITE_LOCK_NONE && handle->level >= SQLITE_LOCK_SHARED) file->readers--;
  handle->level = level;
}

int sim_handle_unlock(sqlite3_file *base, int level) {
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  if (handle->level > level) lower_level(handle, level);
  sim_unlock(handle->disk);
  return SQLITE_OK;
}

int sim_handle_check(sqlite3_file *base, int *is_reserved) {
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  *is_reserved = handle->file->writer != NULL;
  sim_unlock(handle->disk);
  return SQLITE_OK;
}

/* --- shared memory --- */

static int map(sim_handle *handle, int region, int size, int extend, void volatile **address) {
  sim_file *file = handle->file;
  if (!file->shared && !(file->shared = calloc(1, sizeof *file->shared))) return SQLITE_NOMEM;
  sim_shared *shared = file->shared;
  if (!handle->has_shm) {
    handle->has_shm = 1;
    shared->users++;
  }
  if (region >= shared->count) {
    if (!extend) return SQLITE_OK;
    void **regions = realloc(shared->regions, sizeof(void *) * (size_t)(region + 1));
    if (!regions) return SQLITE_NOMEM;
    shared->regions = regions;
    while (shared->count <= region) {
      void *memory = calloc(1, (size_t)size);
      if (!memory) return SQLITE_NOMEM;
      shared->regions[shared->count++] = memory;
    }
  }
  *address = shared->regions[region];
  return SQLITE_OK;
}

int sim_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **address) {
  sim_handle *handle = (sim_handle *)base;
  *address = NULL;
  sim_lock(handle->disk);
  int code = SQLITE_IOERR_SHMMAP;
  if (!sim_handle_is_dead(handle)) code = map(handle, region, size, extend, address);
  sim_unlock(handle->disk);
  return code;
}

static void shm_release(sim_handle *handle, uint16_t mask) {
  sim_shared *shared = handle->file->shared;
  for (int slot = 0; slot < SIM_SHM_LOCKS; slot++) {
    uint16_t bit = (uint16_t)(1u << slot);
    if (!(mask & bit)) continue;
    if (handle->shm_shared & bit) shared->shared[slot]--;
    if (handle->shm_exclusive & bit) shared->exclusive[slot] = NULL;
  }
  handle->shm_shared &= (uint16_t)~mask;
  handle->shm_exclusive &= (uint16_t)~mask;
}

static int shm_take(sim_handle *handle, uint16_t mask, int is_exclusive) {
  sim_shared *shared = handle->file->shared;
  for (int slot = 0; slot < SIM_SHM_LOCKS; slot++) {
    if (!(mask & 1u << slot)) continue;
    if (shared->exclusive[slot] && shared->exclusive[slot] != handle) return SQLITE_BUSY;
    int mine = handle->shm_shared >> slot & 1;
    if (is_exclusive && shared->shared[slot] > mine) return SQLITE_BUSY;
  }
  for (int slot = 0; slot < SIM_SHM_LOCKS; slot++) {
    uint16_t bit = (uint16_t)(1u << slot);
    if (!(mask & bit)) continue;
    if (is_exclusive) {
      shared->exclusive[slot] = handle;
      handle->shm_exclusive |= bit;
    } else if (!(handle->shm_shared & bit)) {
      shared->shared[slot]++;
      handle->shm_shared |= bit;
    }
  }
  return SQLITE_OK;
}

int sim_shm_lock(sqlite3_file *base, int first, int count, int flags) {
  sim_handle *handle = (sim_handle *)base;
  uint16_t mask = (uint16_t)((1u << (first + count)) - (1u << first));
  int code = SQLITE_OK;
  sim_lock(handle->disk);
  if (flags & SQLITE_SHM_UNLOCK) {
    if (handle->file->shared) shm_release(handle, mask);
  } else if (sim_handle_is_dead(handle) || !handle->file->shared) {
    code = SQLITE_IOERR_SHMLOCK;
  } else if (is_taken(handle->disk)) {
    code = SQLITE_BUSY;
  } else {
    code = shm_take(handle, mask, flags & SQLITE_SHM_EXCLUSIVE);
  }
  sim_unlock(handle->disk);
  return code;
}

void sim_shm_barrier(sqlite3_file *base) {
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  sim_unlock(handle->disk);
}

static void unmap(sim_handle *handle) {
  sim_shared *shared = handle->file->shared;
  if (!handle->has_shm || !shared) return;
  shm_release(handle, 0xFF);
  handle->has_shm = 0;
  if (--shared->users > 0) return;
  while (shared->count > 0) free(shared->regions[--shared->count]);
  free(shared->regions);
  free(shared);
  handle->file->shared = NULL;
}

int sim_shm_unmap(sqlite3_file *base, int remove) {
  (void)remove;
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  unmap(handle);
  sim_unlock(handle->disk);
  return SQLITE_OK;
}

/* All a closing handle still holds. */
void sim_locks_drop(sim_handle *handle) {
  unmap(handle);
  if (handle->level > SQLITE_LOCK_NONE) lower_level(handle, SQLITE_LOCK_NONE);
}
