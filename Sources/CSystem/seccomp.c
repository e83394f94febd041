/* SPDX-License-Identifier: Apache-2.0
 *
 * seccomp.c: the system calls that a worker keeps. A list of what is allowed, not of what is
 * forbidden: a kernel learns new calls.
 *
 * Kernels from 5.11 on remember per call that the answer depends on nothing else, so a long list
 * costs what a short one does.
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#define FIRST_OTHER_ABI 0x40000000u /* x32: the same calls by other numbers */
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#error "add the audit number of this architecture"
#endif

/* A call above this is newer than the list. */
#define LAST_KNOWN 450u

#define LOW(argument) \
  ((uint32_t)offsetof(struct seccomp_data, args) + 8u * (argument) \
   + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4u : 0u))
#define HIGH(argument) (LOW(argument) ^ 4u)

/* What every worker needs: its memory, its threads, its clocks, the descriptors it has, files as
 * far as Landlock lets it. None of these makes a socket, a process or a change to another one. */
static const int everybody[] = {
    SYS_recvmsg, SYS_sendmsg, SYS_recvmmsg, SYS_sendmmsg, SYS_futex, SYS_read, SYS_write,
    SYS_epoll_pwait, SYS_close, SYS_clock_gettime, SYS_clock_nanosleep, SYS_nanosleep,
    SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk, SYS_msync,
    SYS_mlock, SYS_munlock, SYS_membarrier,
    SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_preadv, SYS_pwritev, SYS_preadv2,
    SYS_pwritev2, SYS_lseek, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_fstatfs, SYS_statfs,
    SYS_faccessat, SYS_readlinkat, SYS_getcwd, SYS_chdir, SYS_fchdir, SYS_openat, SYS_getdents64,
    SYS_mkdirat, SYS_unlinkat, SYS_renameat, SYS_renameat2, SYS_ftruncate, SYS_fallocate, SYS_fsync,
    SYS_fdatasync, SYS_sync_file_range, SYS_fadvise64, SYS_flock, SYS_umask,
    SYS_dup, SYS_dup3, SYS_pipe2, SYS_eventfd2, SYS_epoll_create1, SYS_epoll_ctl, SYS_ppoll,
    SYS_pselect6, SYS_signalfd4, SYS_timerfd_create, SYS_timerfd_settime, SYS_timerfd_gettime,
    SYS_recvfrom, SYS_sendto, SYS_shutdown, SYS_getsockopt, SYS_getsockname, SYS_getpeername,
    SYS_set_robust_list, SYS_get_robust_list, SYS_set_tid_address, SYS_gettid, SYS_getpid,
    SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getresuid, SYS_getresgid,
    SYS_getgroups, SYS_getpgid, SYS_getsid,
    SYS_sched_yield, SYS_sched_getaffinity, SYS_sched_getparam, SYS_sched_getscheduler,
    SYS_sched_get_priority_max, SYS_sched_get_priority_min, SYS_getcpu, SYS_getpriority,
    SYS_clock_getres, SYS_gettimeofday, SYS_times, SYS_timer_create, SYS_timer_settime,
    SYS_timer_gettime, SYS_timer_getoverrun, SYS_timer_delete, SYS_setitimer, SYS_getitimer,
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_rt_sigpending,
    SYS_rt_sigtimedwait, SYS_sigaltstack, SYS_restart_syscall,
    SYS_uname, SYS_sysinfo, SYS_getrusage, SYS_getrandom, SYS_wait4, SYS_waitid, SYS_exit,
    SYS_exit_group,
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_mlock2
    SYS_mlock2,
#endif
#ifdef SYS_close_range
    SYS_close_range,
#endif
#ifdef SYS_openat2
    SYS_openat2,
#endif
#ifdef SYS_faccessat2
    SYS_faccessat2,
#endif
#ifdef SYS_epoll_pwait2
    SYS_epoll_pwait2,
#endif
#ifdef SYS_futex_waitv
    SYS_futex_waitv,
#endif
#ifdef SYS_getrlimit
    SYS_getrlimit,
#endif
    444, 445, 446, /* Landlock's: they can only take more away, and the second layer needs them */
#if defined(__x86_64__)
    SYS_arch_prctl, SYS_open, SYS_creat, SYS_stat, SYS_lstat, SYS_access, SYS_readlink,
    SYS_getdents, SYS_mkdir, SYS_rmdir, SYS_unlink, SYS_rename, SYS_dup2, SYS_pipe, SYS_eventfd,
    SYS_epoll_create, SYS_epoll_wait, SYS_poll, SYS_select, SYS_signalfd, SYS_time, SYS_alarm,
    SYS_pause, SYS_getpgrp,
#endif
};

/* With Landlock a transport opens no more than its own; its sockets are held to the internet. */
static const int transports[] = {SYS_connect, SYS_setsockopt};
static const int listeners[] = {SYS_setsockopt};

static const uint32_t terminals[] = {FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, TCGETS, TIOCGWINSZ};

static const uint32_t process_controls[] = {
    PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_PDEATHSIG, PR_GET_NO_NEW_PRIVS,
    PR_GET_SECCOMP, PR_CAPBSET_READ, PR_GET_TIMERSLACK, PR_SET_TIMERSLACK, PR_SET_THP_DISABLE,
    0x53564d41 /* PR_SET_VMA: names for memory */,
};

/* A filter while it is written. */
struct program {
  struct sock_filter code[1024];
  unsigned short count;
};

static void add(struct program *program, uint16_t code, uint32_t value, uint8_t yes, uint8_t no) {
  if (program->count < sizeof program->code / sizeof program->code[0])
    program->code[program->count] = (struct sock_filter){code, yes, no, value};
  program->count++;
}

static void load(struct program *program, uint32_t offset) {
  add(program, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static void load_call(struct program *program) {
  load(program, (uint32_t)offsetof(struct seccomp_data, nr));
}

static void answer(struct program *program, uint32_t verdict) {
  add(program, BPF_RET | BPF_K, verdict, 0, 0);
}

static uint32_t refused(int number) { return SECCOMP_RET_ERRNO | (uint32_t)number; }

static void allow(struct program *program, const int *calls, size_t count) {
  for (size_t i = 0; i < count; i++) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i], 0, 1);
    answer(program, SECCOMP_RET_ALLOW);
  }
}

static void answer_for(struct program *program, int call, uint32_t verdict) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1);
  answer(program, verdict);
}

/* Begins what is said of one call, which ends in an answer of its own; `end_call` closes it. */
static unsigned short begin_call(struct program *program, int call) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 0);
  return (unsigned short)(program->count - 1);
}

static void end_call(struct program *program, unsigned short start) {
  answer(program, refused(EPERM));
  if (program->count <= sizeof program->code / sizeof program->code[0])
    program->code[start].jf = (uint8_t)(program->count - start - 1);
  load_call(program);
}

/* Allows the call where the low half of an argument is one of `values`. For arguments that the
 * kernel takes as 32 bits: their high half means nothing. */
static void allow_values(struct program *program, int call, uint32_t argument,
                         const uint32_t *values, size_t count) {
  unsigned short start = begin_call(program, call);
  load(program, LOW(argument));
  for (size_t i = 0; i < count; i++) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, values[i], 0, 1);
    answer(program, SECCOMP_RET_ALLOW);
  }
  end_call(program, start);
}

/* Threads, not processes, and none in a name space of its own. */
static void allow_threads(struct program *program) {
  uint32_t spaces = 0x7e020080u; /* CLONE_NEW* */
  unsigned short start = begin_call(program, SYS_clone);
  load(program, LOW(0));
  add(program, BPF_JMP | BPF_JSET | BPF_K, spaces, 2, 0);
  add(program, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
  answer(program, SECCOMP_RET_ALLOW);
  end_call(program, start);
#ifdef SYS_clone3
  /* Its flags are behind a pointer. Any other answer breaks pthread_create, which falls back. */
  answer_for(program, SYS_clone3, refused(ENOSYS));
#else
  answer_for(program, 435, refused(ENOSYS));
#endif
}

static void allow_signals_to_itself(struct program *program) {
  const uint32_t own = (uint32_t)getpid();
  allow_values(program, SYS_kill, 0, &own, 1);
  allow_values(program, SYS_tgkill, 0, &own, 1);
  allow_values(program, SYS_rt_sigqueueinfo, 0, &own, 1);
  allow_values(program, SYS_rt_tgsigqueueinfo, 0, &own, 1);
}

/* To read limits, its own; never to set them. */
static void allow_reading_limits(struct program *program) {
  unsigned short start = begin_call(program, SYS_prlimit64);
  load(program, LOW(2));
  add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
  load(program, HIGH(2));
  add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
  answer(program, SECCOMP_RET_ALLOW);
  end_call(program, start);
}

static void allow_prctl(struct program *program) {
  unsigned short start = begin_call(program, SYS_prctl);
  load(program, LOW(0));
  for (size_t i = 0; i < sizeof process_controls / sizeof process_controls[0]; i++) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, process_controls[i], 0, 1);
    answer(program, SECCOMP_RET_ALLOW);
  }
  /* It may hide itself from others, and not show itself again. */
  add(program, BPF_JMP | BPF_JEQ | BPF_K, PR_SET_DUMPABLE, 0, 3);
  load(program, LOW(1));
  add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
  answer(program, SECCOMP_RET_ALLOW);
  end_call(program, start);
}

/* Allows a call unless an argument has a bit outside of `bits`. */
static void allow_bits(struct program *program, int call, uint32_t argument, uint32_t bits) {
  unsigned short start = begin_call(program, call);
  load(program, LOW(argument));
  add(program, BPF_JMP | BPF_JSET | BPF_K, ~bits, 1, 0);
  answer(program, SECCOMP_RET_ALLOW);
  end_call(program, start);
}

static void allow_fcntl(struct program *program) {
  /* Not F_SETOWN and its kin, which have the kernel send signals. */
  static const uint32_t commands[] = {0 /* DUPFD */, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38,
                                      1030 /* DUPFD_CLOEXEC */, 1031, 1032, 1033 /* ADD_SEALS */,
                                      1034};
  allow_values(program, SYS_fcntl, 1, commands, sizeof commands / sizeof commands[0]);
}

static void allow_internet(struct program *program) {
  unsigned short start = begin_call(program, SYS_socket);
  load(program, LOW(0));
  add(program, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0);
  add(program, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 5);
  load(program, LOW(1));
  add(program, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
  add(program, BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 1, 0);
  add(program, BPF_JMP | BPF_JEQ | BPF_K, SOCK_DGRAM, 0, 1);
  answer(program, SECCOMP_RET_ALLOW);
  end_call(program, start);
  /* With which threads of one process talk. */
  const uint32_t local = AF_UNIX;
  allow_values(program, SYS_socketpair, 0, &local, 1);
}

static void allow_accepting(struct program *program, int32_t listening) {
  const uint32_t own = (uint32_t)listening;
  allow_values(program, SYS_accept4, 0, &own, 1);
  allow_values(program, SYS_accept, 0, &own, 1);
}

static void check_machine(struct program *program) {
  load(program, (uint32_t)offsetof(struct seccomp_data, arch));
  add(program, BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
  answer(program, SECCOMP_RET_KILL_PROCESS);
  load_call(program);
#ifdef FIRST_OTHER_ABI
  add(program, BPF_JMP | BPF_JGE | BPF_K, FIRST_OTHER_ABI, 0, 1);
  answer(program, SECCOMP_RET_KILL_PROCESS);
#endif
}

static void write_filter(struct program *program, int32_t profile, int32_t listening) {
  check_machine(program);
  allow(program, everybody, sizeof everybody / sizeof everybody[0]);
  if (profile == SYS_PROFILE_TRANSPORT)
    allow(program, transports, sizeof transports / sizeof transports[0]);
  if (profile == SYS_PROFILE_LISTENER)
    allow(program, listeners, sizeof listeners / sizeof listeners[0]);
  allow_threads(program);
  allow_signals_to_itself(program);
  allow_reading_limits(program);
  allow_prctl(program);
  allow_fcntl(program);
  allow_values(program, SYS_ioctl, 1, terminals, sizeof terminals / sizeof terminals[0]);
  allow_bits(program, SYS_memfd_create, 1, MFD_CLOEXEC | MFD_ALLOW_SEALING | 0x18u);
  if (profile == SYS_PROFILE_TRANSPORT) allow_internet(program);
  if (profile == SYS_PROFILE_LISTENER) allow_accepting(program, listening);
  add(program, BPF_JMP | BPF_JGT | BPF_K, LAST_KNOWN, 0, 1);
  answer(program, refused(ENOSYS));
  answer(program, refused(EPERM));
}

int32_t sys_seccomp_offered(void) {
  uint32_t wanted = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &wanted) == 0;
}

int32_t sys_seccomp_in_force(void) { return prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER; }

int32_t sys_seccomp_enforce(int32_t profile, int32_t listening) {
  struct program program = {.count = 0};
  write_filter(&program, profile, listening);
  if (program.count > sizeof program.code / sizeof program.code[0]) return -E2BIG;
  struct sock_fprog whole = {program.count, program.code};
  long failed = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &whole);
  if (failed < 0) return -errno;
  /* The number of a thread that could not be brought under it. */
  return failed == 0 ? 0 : -EBUSY;
}
