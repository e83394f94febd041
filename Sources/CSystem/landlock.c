/* SPDX-License-Identifier: Apache-2.0
 *
 * landlock.c: which files a process may still reach. The numbers are the kernel's own
 * (include/uapi/linux/landlock.h), written down here because the headers of a system may be older
 * than its kernel.
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define ASK_VERSION 1u
#define RULE_PATH 1

#define FS_EXECUTE (1ull << 0)
#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_REMOVE_DIR (1ull << 4)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_DIR (1ull << 7)
#define FS_MAKE_REG (1ull << 8)
#define FS_FIRST ((1ull << 13) - 1) /* all of version 1 */
#define FS_REFER (1ull << 13)       /* 2 */
#define FS_TRUNCATE (1ull << 14)    /* 3 */
#define FS_IOCTL_DEV (1ull << 15)   /* 5 */

#define NET_BIND_TCP (1ull << 0)    /* 4 */
#define NET_CONNECT_TCP (1ull << 1) /* 4 */

#define SCOPE_ABSTRACT_SOCKET (1ull << 0) /* 6 */
#define SCOPE_SIGNAL (1ull << 1)          /* 6 */

struct rule_set {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};

struct path_rule {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

static uint64_t handled_files(int32_t version) {
  uint64_t files = FS_FIRST;
  if (version >= 2) files |= FS_REFER;
  if (version >= 3) files |= FS_TRUNCATE;
  if (version >= 5) files |= FS_IOCTL_DEV;
  return files;
}

int32_t sys_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
  return version < 0 ? 0 : (int32_t)version;
}

int32_t sys_landlock_create(int32_t version, int32_t profile) {
  struct rule_set rules = {.files = handled_files(version)};
  size_t size = sizeof rules.files;
  if (version >= 4) {
    /* Nothing is allowed by a rule, so what is handled is forbidden. A listener's socket is bound
     * by the host, and to accept is neither. */
    rules.network = NET_BIND_TCP | (profile == SYS_PROFILE_TRANSPORT ? 0 : NET_CONNECT_TCP);
    size += sizeof rules.network;
  }
  if (version >= 6) {
    rules.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
    size += sizeof rules.scoped;
  }
  int made = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
  return made < 0 ? -errno : made;
}

int32_t sys_landlock_allow(int32_t rules, int32_t version, const char *path, uint32_t rights) {
  struct stat status;
  int place = open(path, O_PATH | O_CLOEXEC);
  if (place < 0) return -errno;
  if (fstat(place, &status) != 0) {
    int failure = errno;
    close(place);
    return -failure;
  }
  int is_folder = S_ISDIR(status.st_mode);
  uint64_t allowed = 0;
  if (rights & SYS_FILE_READ) allowed |= FS_READ_FILE | (is_folder ? FS_READ_DIR : 0);
  if (rights & SYS_FILE_EXECUTE) allowed |= FS_EXECUTE;
  if (rights & SYS_FILE_WRITE) {
    allowed |= FS_WRITE_FILE | (version >= 3 ? FS_TRUNCATE : 0);
    if (is_folder) {
      allowed |= FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG;
      if (version >= 2) allowed |= FS_REFER;
    }
  }
  struct path_rule rule = {allowed, place};
  long added = syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0);
  int failure = added < 0 ? errno : 0;
  close(place);
  return -failure;
}

int32_t sys_landlock_enforce(int32_t rules) {
  int failure = syscall(SYS_landlock_restrict_self, rules, 0) < 0 ? errno : 0;
  close(rules);
  return -failure;
}
