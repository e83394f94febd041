/* SPDX-License-Identifier: Apache-2.0 */
#include "conceal.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int32_t sys_process_conceal(void) {
  /* A limit of 0 does not hold a collector that core_pattern pipes to; not being dumpable does. */
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -errno;
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ? -errno : 0;
}
