/* SPDX-License-Identifier: Apache-2.0
 * Changes the umask of its process. */
#include <sys/stat.h>
#include "../check.h"

static jf_status run(jf_call *call) {
  umask(0);
  return answer(call);
}
