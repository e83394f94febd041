/* SPDX-License-Identifier: Apache-2.0
 *
 * crash.c: a handler that only reads its own stack and writes to shared memory, which is all that
 * may be done in one.
 */
#define _GNU_SOURCE
#include "crash.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* Enough for the registers that a kernel of today saves. */
#define STACK_BYTES (24u << 10)
/* How much of a stack is searched: deeper callers say less. */
#define SEARCHED_BYTES (64u << 10)

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};

static sys_crash_record *record;
static uintptr_t bias, first, last;
static _Thread_local uintptr_t top;

static int is_inside(uintptr_t address) { return address >= first && address < last; }

/* Whether a call stands before an address, so that it may be one that something returns to. */
static int follows_call(uintptr_t address) {
#if defined(__x86_64__)
  if (address - first < 8) return 0;
  const unsigned char *code = (const unsigned char *)address;
  if (code[-5] == 0xe8) return 1;
  /* Through a register or memory: ff with 2 in the middle of the next byte. */
  for (int size = 2; size <= 7; size++)
    if (code[-size] == 0xff && (code[-size + 1] & 0x38) == 0x10) return 1;
  return 0;
#else
  (void)address;
  return 1;
#endif
}

static void note_callers(uintptr_t pointer) {
  uintptr_t place = (pointer + 7) & ~(uintptr_t)7;
  uintptr_t end = top;
  if (end <= place) return;
  if (end - place > SEARCHED_BYTES) end = place + SEARCHED_BYTES;
  for (; place + 8 <= end && record->count < SYS_CRASH_PLACES; place += 8) {
    uintptr_t value = *(const uintptr_t *)place;
    if (is_inside(value) && follows_call(value)) record->places[record->count++] = value - bias;
  }
}

static void crashed(int signal_number, siginfo_t *info, void *given) {
  const ucontext_t *context = given;
#if defined(__x86_64__)
  uintptr_t counter = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
  uintptr_t pointer = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#else
  uintptr_t counter = (uintptr_t)context->uc_mcontext.pc;
  uintptr_t pointer = (uintptr_t)context->uc_mcontext.sp;
#endif
  if (record->signal == 0) {
    record->signal = (uint32_t)signal_number;
    record->places[0] = is_inside(counter) ? counter - bias : 0;
    record->count = 1;
    note_callers(pointer);
  }
  /* The handler is gone: what did this does it again. What was sent is sent again. */
  if (info->si_code <= 0) raise(signal_number);
}

static int find_bounds(struct dl_phdr_info *image, size_t size, void *wanted) {
  (void)size;
  uintptr_t start = UINTPTR_MAX, end = 0;
  for (int i = 0; i < image->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &image->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
    uintptr_t from = image->dlpi_addr + part->p_vaddr;
    if (from < start) start = from;
    if (from + part->p_memsz > end) end = from + part->p_memsz;
  }
  uintptr_t symbol = (uintptr_t)wanted;
  if (symbol < start || symbol >= end) return 0;
  bias = image->dlpi_addr;
  first = start;
  last = end;
  return 1;
}

int32_t sys_crash_watch(sys_crash_record *given, const void *symbol) {
  if (!dl_iterate_phdr(find_bounds, (void *)symbol)) return -ENOENT;
  record = given;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = crashed;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    if (sigaction(signals[i], &action, NULL) != 0) return -errno;
  return sys_crash_thread();
}

int32_t sys_crash_thread(void) {
  /* Never touched where nothing crashes. In the thread's own storage the C library fills it with
   * zeros as the thread starts: 24 KiB resident for each. It goes with the process, as its threads
   * do. */
  void *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) return -errno;
  stack_t other = {.ss_sp = stack, .ss_size = STACK_BYTES, .ss_flags = 0};
  top = (uintptr_t)__builtin_frame_address(0);
  return sigaltstack(&other, NULL) != 0 ? -errno : 0;
}
