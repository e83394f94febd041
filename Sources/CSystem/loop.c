/* SPDX-License-Identifier: Apache-2.0
 *
 * loop.c: thin wrappers; epoll_event is a packed struct with a union, which Swift reads badly.
 */
#define _GNU_SOURCE
#include "loop.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

int32_t sys_loop_create(void) {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

int32_t sys_loop_bell(void) {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

int32_t sys_counter(void) {
  int fd = eventfd(0, EFD_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

int32_t sys_loop_watch(int32_t loop, int32_t mode, int32_t fd, uint32_t interest,
                          uint64_t token) {
  static const int modes[3] = {EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
  struct epoll_event event;
  memset(&event, 0, sizeof event);
  if (interest & SYS_LOOP_READABLE) event.events |= EPOLLIN;
  if (interest & SYS_LOOP_WRITABLE) event.events |= EPOLLOUT;
  event.data.u64 = token;
  if (mode < 0 || mode > 2) return -EINVAL;
  return epoll_ctl(loop, modes[mode], fd, &event) == 0 ? 0 : -errno;
}

int32_t sys_loop_wait(int32_t loop, sys_loop_event *events, int32_t capacity,
                         int32_t timeout_ms) {
  struct epoll_event ready[256];
  if (capacity > 256) capacity = 256;
  int count = epoll_wait(loop, ready, capacity, timeout_ms);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    uint32_t bits = 0;
    if (ready[i].events & EPOLLIN) bits |= SYS_LOOP_READABLE;
    if (ready[i].events & EPOLLOUT) bits |= SYS_LOOP_WRITABLE;
    if (ready[i].events & EPOLLHUP) bits |= SYS_LOOP_CLOSED;
    if (ready[i].events & EPOLLERR) bits |= SYS_LOOP_FAILED;
    events[i].token = ready[i].data.u64;
    events[i].ready = bits;
    events[i].reserved = 0;
  }
  return count;
}

void sys_thread_name(const char *name) {
  char cut[16];
  strncpy(cut, name, sizeof cut - 1);
  cut[sizeof cut - 1] = 0;
  pthread_setname_np(pthread_self(), cut);
}
