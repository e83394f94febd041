/* SPDX-License-Identifier: Apache-2.0 */
#include "control_group.h"

#include <sys/xattr.h>

int32_t sys_control_group_delegated(const char *path) {
  static const char *const names[] = {"trusted.delegate", "user.delegate"};
  for (int i = 0; i < 2; i++) {
    char value[4];
    if (getxattr(path, names[i], value, sizeof value) == 1 && value[0] == '1') return 1;
  }
  return 0;
}
