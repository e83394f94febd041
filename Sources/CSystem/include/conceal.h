/* SPDX-License-Identifier: Apache-2.0
 * What keeps the memory of a process that holds secrets to itself. */
#ifndef SYS_CONCEAL_H
#define SYS_CONCEAL_H

#include <stdint.h>

/* From now on the process leaves no core file, neither does what it starts, and other processes of
 * its user can neither trace it nor read its memory. Returns 0 or a negative errno. */
int32_t sys_process_conceal(void);

#endif
