/* SPDX-License-Identifier: Apache-2.0
 * The one folder of a disk: names, and the changes of names that are not synced. */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

sim_name *sim_folder_find(sim_name *names, const char *name) {
  while (names && strcmp(names->name, name) != 0) names = names->next;
  return names;
}

/* Makes a name lead to a file, or to none. */
static void point(sim_name **names, const char *name, sim_file *file) {
  sim_name **place = names;
  if (file) file->references++;
  while (*place && strcmp((*place)->name, name) != 0) place = &(*place)->next;
  sim_name *entry = *place;
  if (entry) {
    sim_file_release(entry->file);
    entry->file = file;
    if (file) return;
    *place = entry->next;
    free(entry->name);
    free(entry);
  } else if (file) {
    entry = calloc(1, sizeof *entry);
    if (!entry || !(entry->name = strdup(name))) abort();
    entry->file = file;
    *place = entry;
  }
}

void sim_folder_put(sim_disk *disk, const char *name, sim_file *file, int32_t is_half) {
  sim_folder_change *change = calloc(1, sizeof *change);
  if (!change || !(change->name = strdup(name))) abort();
  change->file = file;
  change->is_half = is_half;
  if (file) file->references++;
  *disk->last_folder_change = change;
  disk->last_folder_change = &change->next;
  point(&disk->names, name, file);
}

/* Applies the first `count` changes to what is synced, and forgets all. */
static void settle(sim_disk *disk, int64_t count) {
  while (disk->folder_changes) {
    sim_folder_change *change = disk->folder_changes;
    if (count-- > 0) point(&disk->synced_names, change->name, change->file);
    disk->folder_changes = change->next;
    sim_file_release(change->file);
    free(change->name);
    free(change);
  }
  disk->last_folder_change = &disk->folder_changes;
}

void sim_folder_sync(sim_disk *disk) { settle(disk, INT64_MAX); }

static void clear(sim_name **names) {
  while (*names) point(names, (*names)->name, NULL);
}

void sim_folder_crash(sim_disk *disk, uint64_t *random) {
  int64_t count = 0, kept = 0, at = 0;
  for (sim_folder_change *change = disk->folder_changes; change; change = change->next) count++;
  int64_t wanted = (int64_t)(sim_random(random) % (uint64_t)(count + 1));
  for (sim_folder_change *change = disk->folder_changes; change; change = change->next) {
    if (++at > wanted) break;
    if (!change->is_half) kept = at;
  }
  settle(disk, kept);
  clear(&disk->names);
  for (sim_name *entry = disk->synced_names; entry; entry = entry->next) {
    sim_file *survivor = sim_file_survivor(entry->file, random, &disk->counts);
    sim_file_release(entry->file);
    entry->file = survivor;
    point(&disk->names, entry->name, survivor);
  }
}

void sim_folder_free(sim_disk *disk) {
  settle(disk, 0);
  clear(&disk->names);
  clear(&disk->synced_names);
}

int64_t sim_folder_bytes(sim_disk *disk) {
  int64_t bytes = 0;
  for (sim_name *entry = disk->names; entry; entry = entry->next) {
    bytes += entry->file->current.size;
  }
  return bytes;
}
