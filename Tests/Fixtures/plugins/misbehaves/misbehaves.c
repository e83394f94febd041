/* SPDX-License-Identifier: Apache-2.0
 * Does the harm that {"sin": name} says, and echoes without it. */
#define _GNU_SOURCE
#include "../fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

static void loop(jf_call *call) {
  (void)call;
  volatile uint64_t turns = 0;
  while (1) turns++;
}

static volatile int is_released;

/* Computes until another call says so. */
static void spin(jf_call *call) {
  (void)call;
  while (!is_released) {
  }
}

static void release(jf_call *call) {
  (void)call;
  is_released = 1;
}

static void crash(jf_call *call) {
  (void)call;
  *(volatile int *)8 = 1;
}

static void give_up(jf_call *call) {
  (void)call;
  abort();
}

static void leave(jf_call *call) {
  (void)call;
  _exit(3);
}

__attribute__((noinline)) static int sink(volatile char *above) {
  volatile char room[4096];
  room[0] = above ? above[0] : 1;
  return room[0] ? sink(room) + room[1] : 0;
}

static void overflow(jf_call *call) {
  (void)call;
  sink(NULL);
}

static void allocate(jf_call *call) {
  (void)call;
  for (int i = 0; i < 1600; i++) {
    char *room = malloc(64ul << 20);
    if (room == NULL) abort();
    memset(room, 1, 64ul << 20);
  }
}

static void multiply(jf_call *call) {
  (void)call;
  for (int i = 0; i < 100000; i++)
    if (fork() == 0) pause();
}

static void *wait_for_ever(void *unused) {
  (void)unused;
  while (1) pause();
  return NULL;
}

static void spread(jf_call *call) {
  (void)call;
  pthread_t thread;
  for (int i = 0; i < 10000; i++) pthread_create(&thread, NULL, wait_for_ever, NULL);
  pause();
}

static void close_all(jf_call *call) {
  (void)call;
  for (int i = 0; i < 1024; i++) close(i);
}

static void babble(jf_call *call) {
  (void)call;
  char garbage[64];
  memset(garbage, 0xa5, sizeof garbage);
  if (write(3, garbage, sizeof garbage) < 0) abort();
}

static void freeze(jf_call *call) {
  (void)call;
  kill(getpid(), SIGSTOP);
}

static void flood(jf_call *call) {
  for (int i = 0; i < 200000; i++) {
    printf("line %d of many, each of which somebody would have to read\n", i);
    if (i % 100 == 0) calls->log(call, JF_LEVEL_INFO, text("and through the log"));
  }
}

static void overwrite(jf_call *call) {
  (void)call;
  uintptr_t page = (uintptr_t)&overwrite & ~(uintptr_t)4095;
  mprotect((void *)page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
  memset((void *)page, 0xff, 8192);
}

static void oversleep(jf_call *call) {
  const jf_records_interface *records = host->interface(host, JF_RECORDS_INTERFACE);
  if (records) records->get(call, text("contact"), text("1"), NULL);
  sleep(60);
}

/* What must not come about takes the worker with it where it does. */
static void must_fail(int has_failed) {
  if (!has_failed) abort();
}

static void open_socket(jf_call *call) {
  (void)call;
  must_fail(socket(AF_INET, SOCK_STREAM, 0) < 0);
}

static void read_users(jf_call *call) {
  (void)call;
  must_fail(open("/etc/passwd", O_RDONLY) < 0);
}

static void trace_host(jf_call *call) {
  (void)call;
  must_fail(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0);
}

static void signal_host(jf_call *call) {
  (void)call;
  must_fail(kill(getppid(), SIGKILL) < 0);
}

static const struct {
  const char *name;
  void (*sin)(jf_call *call);
} sins[] = {
    {"loop", loop},         {"crash", crash},         {"abort", give_up},
    {"exit", leave},        {"overflow", overflow},   {"allocate", allocate},
    {"fork", multiply},     {"threads", spread},      {"close", close_all},
    {"garbage", babble},    {"freeze", freeze},       {"flood", flood},
    {"overwrite", overwrite}, {"oversleep", oversleep},
    {"spin", spin},         {"release", release},
    {"socket", open_socket}, {"passwd", read_users},
    {"ptrace", trace_host}, {"signal", signal_host},
};

static jf_status run(jf_call *call) {
  jf_bytes name = values->text(values->child(calls->parameters(call), text("sin")));
  for (size_t i = 0; i < sizeof sins / sizeof sins[0]; i++) {
    if (name.size == strlen(sins[i].name) && memcmp(name.data, sins[i].name, name.size) == 0)
      sins[i].sin(call);
  }
  return echo(call);
}
