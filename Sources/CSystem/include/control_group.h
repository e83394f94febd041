/* SPDX-License-Identifier: Apache-2.0
 *
 * control_group.h: what Swift cannot ask of a control group's folder.
 */
#ifndef JACKFIELD_CONTROL_GROUP_H
#define JACKFIELD_CONTROL_GROUP_H

#include <stdint.h>

/* Whether the service manager marked the folder as handed over (an attribute "trusted.delegate"
 * or "user.delegate" of the text "1"). Returns 1 or 0. */
int32_t sys_control_group_delegated(const char *path);

#endif
