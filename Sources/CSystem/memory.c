/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int32_t sys_memory_create(const char *name) {
  int memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return memory < 0 ? -errno : memory;
}

int32_t sys_memory_seal(int32_t memory) {
  return fcntl(memory, F_ADD_SEALS, SEALS) < 0 ? -errno : 0;
}

int32_t sys_memory_seal_size(int32_t memory) {
  return fcntl(memory, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW) < 0 ? -errno : 0;
}

int64_t sys_memory_sealed_size(int32_t memory) {
  int seals = fcntl(memory, F_GET_SEALS);
  if (seals < 0) return -errno;
  if ((seals & SEALS) != SEALS) return -EPERM;
  struct stat status;
  if (fstat(memory, &status) != 0) return -errno;
  return status.st_size;
}
