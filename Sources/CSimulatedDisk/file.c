/* SPDX-License-Identifier: Apache-2.0
 * A file as two images and the changes between them, and what a crash makes of it. */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR 512

/* Memory is not one of the faults simulated here. */
static void *need(void *memory) {
  if (!memory) abort();
  return memory;
}

static void reserve(sim_image *image, int64_t size) {
  if (size <= image->room) return;
  /* The first time just what is needed: most images are whole copies and grow little. */
  int64_t room = image->room ? image->room * 2 : (size + 4095) / 4096 * 4096;
  while (room < size) room *= 2;
  image->bytes = need(realloc(image->bytes, (size_t)room));
  memset(image->bytes + image->room, 0, (size_t)(room - image->room));
  image->room = room;
}

void sim_image_write(sim_image *image, int64_t offset, const uint8_t *bytes, int64_t size) {
  if (size <= 0) return;
  reserve(image, offset + size);
  memcpy(image->bytes + offset, bytes, (size_t)size);
  if (offset + size > image->size) image->size = offset + size;
}

void sim_image_cut(sim_image *image, int64_t size) {
  reserve(image, size);
  if (size < image->size) memset(image->bytes + size, 0, (size_t)(image->size - size));
  image->size = size;
}

sim_file *sim_file_make(void) {
  sim_file *file = need(calloc(1, sizeof *file));
  file->references = 1;
  file->last = &file->changes;
  return file;
}

sim_file *sim_file_copy(const sim_file *file) {
  sim_file *copy = sim_file_make();
  sim_image_write(&copy->synced, 0, file->current.bytes, file->current.size);
  sim_image_write(&copy->current, 0, file->current.bytes, file->current.size);
  return copy;
}

static void drop_changes(sim_file *file) {
  while (file->changes) {
    sim_change *change = file->changes;
    file->changes = change->next;
    free(change->bytes);
    free(change);
  }
  file->last = &file->changes;
  file->change_count = 0;
}

void sim_file_release(sim_file *file) {
  if (!file || --file->references > 0) return;
  drop_changes(file);
  free(file->current.bytes);
  free(file->synced.bytes);
  free(file);
}

/* Changes the file as the program sees it, and remembers how. */
void sim_file_note(sim_file *file, int64_t offset, const uint8_t *bytes, int64_t size) {
  sim_change *change = need(calloc(1, sizeof *change));
  change->offset = offset;
  if (bytes) {
    change->size = size;
    change->bytes = need(malloc((size_t)(size ? size : 1)));
    memcpy(change->bytes, bytes, (size_t)size);
    sim_image_write(&file->current, offset, bytes, size);
  } else {
    sim_image_cut(&file->current, offset);
  }
  *file->last = change;
  file->last = &change->next;
  file->change_count++;
}

static void apply(sim_image *image, const sim_change *change) {
  if (change->bytes) {
    sim_image_write(image, change->offset, change->bytes, change->size);
  } else {
    sim_image_cut(image, change->offset);
  }
}

void sim_file_sync(sim_file *file) {
  for (sim_change *change = file->changes; change; change = change->next) {
    apply(&file->synced, change);
  }
  drop_changes(file);
}

/* Keeps some sectors of a write; which, the seed says. Returns: how many of them. */
static int64_t tear(sim_image *image, const sim_change *change, uint64_t *random) {
  int64_t at = change->offset, end = change->offset + change->size, kept = 0;
  while (at < end) {
    int64_t next = (at / SECTOR + 1) * SECTOR;
    if (next > end) next = end;
    if (sim_random(random) & 1) {
      sim_image_write(image, at, change->bytes + (at - change->offset), next - at);
      kept++;
    }
    at = next;
  }
  return kept;
}

/* How a crash treats the changes of one file: real disks keep none, all, those up to a moment, or
 * any of them, since a cache writes back in the order it likes. */
enum { KEEP_NONE, KEEP_ALL, KEEP_FIRST, KEEP_ANY };

static int fate(int mode, int64_t at, int64_t cut, uint64_t *random) {
  switch (mode) {
    case KEEP_NONE: return 0;
    case KEEP_ALL: return 2;
    case KEEP_FIRST: return at < cut ? 2 : at == cut;
    default: return (int)(sim_random(random) % 3);
  }
}

sim_file *sim_file_survivor(sim_file *file, uint64_t *random, sim_disk_counts *counts) {
  sim_file *survivor = sim_file_make();
  sim_image_write(&survivor->synced, 0, file->synced.bytes, file->synced.size);
  int mode = (int)(sim_random(random) % 4);
  int64_t at = 0, cut = 0;
  if (file->change_count) cut = (int64_t)(sim_random(random) % (uint64_t)file->change_count);
  for (sim_change *change = file->changes; change; change = change->next, at++) {
    int kept = fate(mode, at, cut, random);
    if (kept == 1 && change->bytes) {
      if (tear(&survivor->synced, change, random)) {
        counts->torn++;
      } else {
        counts->dropped++;
      }
    } else if (kept) {
      apply(&survivor->synced, change);
    } else {
      counts->dropped++;
    }
  }
  sim_image_write(&survivor->current, 0, survivor->synced.bytes, survivor->synced.size);
  return survivor;
}
