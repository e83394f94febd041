/* SPDX-License-Identifier: Apache-2.0
 * What SQLite does with an open file. */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

int sim_handle_is_dead(const sim_handle *handle) {
  return handle->generation != handle->disk->generation || handle->disk->is_off;
}

/* Counts an operation of a handle: a dead one, or one a test wants to fail, gets `code`. */
static int pass(sim_handle *handle, int32_t kind, int code) {
  if (handle->generation != handle->disk->generation) return code;
  return sim_pass(handle->disk, kind, code);
}

static int close_file(sqlite3_file *base) {
  sim_handle *handle = (sim_handle *)base;
  sim_disk *disk = handle->disk;
  sim_lock(disk);
  sim_locks_drop(handle);
  if (handle->removed_at_close && !sim_handle_is_dead(handle)) {
    sim_folder_put(disk, handle->removed_at_close, NULL, 0);
  }
  free(handle->removed_at_close);
  sim_file_release(handle->file);
  sim_unlock(disk);
  sim_disk_release(disk);
  return SQLITE_OK;
}

static int read_file(sqlite3_file *base, void *bytes, int size, sqlite3_int64 offset) {
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  int code = pass(handle, SIM_DISK_READ, SQLITE_IOERR_READ);
  if (code == SQLITE_OK) {
    const sim_image *image = &handle->file->current;
    int64_t there = image->size - offset;
    if (there < 0) there = 0;
    if (there > size) there = size;
    if (there) memcpy(bytes, image->bytes + offset, (size_t)there);
    if (there < size) {
      memset((uint8_t *)bytes + there, 0, (size_t)(size - there));
      code = SQLITE_IOERR_SHORT_READ;
    }
  }
  sim_unlock(handle->disk);
  return code;
}

static int write_file(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset) {
  sim_handle *handle = (sim_handle *)base;
  sim_disk *disk = handle->disk;
  sim_lock(disk);
  int was_off = sim_handle_is_dead(handle);
  int code = pass(handle, SIM_DISK_WRITE, SQLITE_IOERR_WRITE);
  int64_t fits = size;
  if (code == SQLITE_OK && disk->limit >= 0) {
    int64_t growth = offset + size - handle->file->current.size;
    int64_t over = growth - (disk->limit - sim_folder_bytes(disk));
    if (growth > 0 && over > 0) {
      code = SQLITE_FULL;
      fits = over < size ? size - over : 0;
    }
  }
  /* The write that the power failed in is on its way: a crash may keep a part of it. */
  int is_last = disk->is_off && !was_off;
  if (code == SQLITE_OK || code == SQLITE_FULL || is_last) {
    if (fits > 0) sim_file_note(handle->file, offset, bytes, fits);
  }
  sim_unlock(disk);
  return code;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  int code = pass(handle, SIM_DISK_TRUNCATE, SQLITE_IOERR_TRUNCATE);
  if (code == SQLITE_OK) sim_file_note(handle->file, size, NULL, 0);
  sim_unlock(handle->disk);
  return code;
}

static int sync_file(sqlite3_file *base, int flags) {
  (void)flags;
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  int code = pass(handle, SIM_DISK_SYNC, SQLITE_IOERR_FSYNC);
  if (code == SQLITE_OK) {
    sim_file_sync(handle->file);
    if (handle->syncs_folder) sim_folder_sync(handle->disk);
    handle->syncs_folder = 0;
  }
  sim_unlock(handle->disk);
  return code;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
  sim_handle *handle = (sim_handle *)base;
  sim_lock(handle->disk);
  *size = handle->file->current.size;
  int code = sim_handle_is_dead(handle) ? SQLITE_IOERR_FSTAT : SQLITE_OK;
  sim_unlock(handle->disk);
  return code;
}

static int control(sqlite3_file *base, int operation, void *argument) {
  (void)base, (void)operation, (void)argument;
  return SQLITE_NOTFOUND;
}

/* As SQLite's own VFS for Unix says of a file. */
static int sector_size(sqlite3_file *base) {
  (void)base;
  return 4096;
}

static int characteristics(sqlite3_file *base) {
  (void)base;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

const sqlite3_io_methods sim_methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = sim_handle_lock,
    .xUnlock = sim_handle_unlock,
    .xCheckReservedLock = sim_handle_check,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = sim_shm_map,
    .xShmLock = sim_shm_lock,
    .xShmBarrier = sim_shm_barrier,
    .xShmUnmap = sim_shm_unmap,
};
