/* SPDX-License-Identifier: Apache-2.0
 * Clocks and percentiles, shared by the references. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline double cpu_us(const struct rusage *usage) {
  return (double)usage->ru_utime.tv_sec * 1e6 + (double)usage->ru_utime.tv_usec +
         (double)usage->ru_stime.tv_sec * 1e6 + (double)usage->ru_stime.tv_usec;
}

static int compare_u64(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return a < b ? -1 : a > b;
}

/* Sorts in place. */
static inline void sort_u64(uint64_t *values, size_t count) {
  qsort(values, count, sizeof *values, compare_u64);
}

static inline double percentile(const uint64_t *sorted, size_t count, double share) {
  return count == 0 ? 0 : (double)sorted[(size_t)((double)(count - 1) * share)];
}

#endif
