/* SPDX-License-Identifier: Apache-2.0
 *
 * memory.h: memory that travels between processes as a descriptor, and atomic access to it.
 */
#ifndef JACKFIELD_SYSTEM_MEMORY_H
#define JACKFIELD_SYSTEM_MEMORY_H

#include <stdint.h>

/* A new memfd, close-on-exec, sealable. `name` shows in /proc only. Returns it or -errno. */
int32_t sys_memory_create(const char *name);

/* Seals content and size for ever (SEAL, SHRINK, GROW, WRITE). Returns 0 or -errno. */
int32_t sys_memory_seal(int32_t memory);

/* Seals the size only: what is mapped can be written, but never cut off. Returns 0 or -errno. */
int32_t sys_memory_seal_size(int32_t memory);

/* The size of a memfd whose content and size are sealed, or -EPERM when a seal is missing,
 * -errno when it is no memfd. */
int64_t sys_memory_sealed_size(int32_t memory);

/* One 32-bit word of shared memory, read and written whole, with acquire and release. */
static inline uint32_t sys_word_load(const uint32_t *word) {
  return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
static inline void sys_word_store(uint32_t *word, uint32_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

#endif
