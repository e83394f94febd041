/* SPDX-License-Identifier: Apache-2.0
 *
 * The plugin of the bench: one action, `bench_echo.echo`, whose result is its parameters. */
#ifndef BENCH_ECHO_PLUGIN_H
#define BENCH_ECHO_PLUGIN_H

#include <stdint.h>

/* The bare reference of a call: copies `size` bytes and returns how many. Exported beside the
 * plugin's entry, so that both sides of the comparison live in one image. */
__attribute__((visibility("default"))) uint64_t bench_echo_copy(const uint8_t *in, uint64_t size,
                                                                 uint8_t *out);

#endif
