/* SPDX-License-Identifier: Apache-2.0
 * A bare call into a shared object. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "bench_reference.h"
#include "timing.h"

typedef uint64_t (*copy_function)(const uint8_t *in, uint64_t size, uint8_t *out);

int bench_dlcall(const char *library, const char *symbol, int calls, double *ns_per_call) {
  void *image = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!image) return ENOENT;
  copy_function copy;
  void *found = dlsym(image, symbol);
  if (!found) return ENOENT;
  memcpy(&copy, &found, sizeof copy);
  uint8_t in[200], out[200];
  memset(in, 'x', sizeof in);
  uint64_t copied = 0;
  uint64_t began = now_ns();
  for (int call = 0; call < calls; call++) copied += copy(in, sizeof in, out);
  *ns_per_call = (double)(now_ns() - began) / calls;
  return copied == (uint64_t)calls * sizeof in ? 0 : EIO; /* never unloaded, as in the host */
}
