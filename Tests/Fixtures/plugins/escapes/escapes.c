/* SPDX-License-Identifier: Apache-2.0
 * Tries to leave its worker, as {"try": name} says, and returns {"did": 1} or {"errno": n}.
 * {"path": …} names a file for those that want one. */
#define _GNU_SOURCE
#include "../fixture.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The answer of an attempt: a number that is not negative when it came about. */
typedef long (*attempt)(const char *path);

static long closed(int descriptor) { return descriptor < 0 ? -1 : close(descriptor); }

static long try_socket(const char *path) { (void)path; return closed(socket(AF_INET, SOCK_STREAM, 0)); }
static long try_unix_socket(const char *path) { (void)path; return closed(socket(AF_UNIX, SOCK_STREAM, 0)); }
static long try_netlink(const char *path) { (void)path; return closed(socket(AF_NETLINK, SOCK_RAW, 0)); }

static long try_read(const char *path) {
  char byte;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  long got = read(file, &byte, 1);
  int failure = errno;
  close(file);
  errno = failure;
  return got;
}

static long try_write(const char *path) { return closed(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); }
static long try_list(const char *path) { return closed(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }
static long try_chmod(const char *path) { return chmod(path, 0644); }

static long try_library(const char *path) {
  errno = EACCES;
  return dlopen(path, RTLD_NOW) ? 0 : -1;
}

/* Executing would end this plugin: that the file is not there is as good as having come so far. */
static long try_exec(const char *path) {
  char *const words[] = {(char *)path, NULL};
  execve("/nowhere/program", words, environ);
  return errno == ENOENT ? 0 : -1;
}

static long try_fork(const char *path) {
  (void)path;
  pid_t child = fork();
  if (child == 0) _exit(0);
  return child < 0 ? -1 : waitpid(child, NULL, 0);
}

/* A peek at what it does not trace: ESRCH comes from behind the filter. */
static long try_ptrace(const char *path) {
  (void)path;
  ptrace(PTRACE_PEEKDATA, getppid(), NULL, NULL);
  return errno == ESRCH ? 0 : -1;
}

static long try_memory_of_parent(const char *path) {
  (void)path;
  char byte;
  struct iovec here = {&byte, 1}, there = {NULL, 1};
  process_vm_readv(getppid(), &here, 1, &there, 1, 0);
  return errno == EFAULT ? 0 : -1;
}

static long try_signal_parent(const char *path) { (void)path; return kill(getppid(), 0); }
static long try_signal_group(const char *path) { (void)path; return kill(0, 0); }
static long try_stay_after_parent(const char *path) { (void)path; return prctl(PR_SET_PDEATHSIG, 0); }
static long try_show_itself(const char *path) { (void)path; return prctl(PR_SET_DUMPABLE, 1); }
static long try_nice(const char *path) { (void)path; return setpriority(PRIO_PROCESS, 0, 19); }

static long try_namespace(const char *path) {
  (void)path;
  /* Of a process with threads EINVAL comes from behind the filter. */
  return syscall(SYS_unshare, 0x10000000) == 0 || errno == EINVAL ? 0 : -1;
}

static long try_ring(const char *path) {
  (void)path;
  syscall(425, 1, NULL);
  return errno == EFAULT ? 0 : -1;
}

static long try_perf(const char *path) {
  (void)path;
  syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
  return errno == EFAULT ? 0 : -1;
}

static long try_key(const char *path) { (void)path; return syscall(SYS_add_key, "user", "jf", "x", 1, -2); }
static long try_shared_segment(const char *path) { (void)path; return syscall(SYS_shmget, 0, 4096, 0600); }

/* Nothing is at the other end: ENOTTY comes from behind the filter. */
static long try_terminal(const char *path) {
  (void)path;
  ioctl(0, TIOCSTI, "x");
  return errno == ENOTTY ? 0 : -1;
}

static long try_memory(const char *path) {
  (void)path;
  void *room = mmap(NULL, 2ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return room == MAP_FAILED ? -1 : munmap(room, 2ul << 30);
}

/* Shared memory is not in any limit of a process. */
static long try_shared_memory(const char *path) {
  (void)path;
  size_t size = 600ul << 20;
  char *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return -1;
  for (size_t place = 0; place < size; place += 4096) room[place] = 1;
  usleep(400000);
  return munmap(room, size);
}

static long try_large_file(const char *path) {
  (void)path;
  int memory = memfd_create("large", MFD_CLOEXEC);
  if (memory < 0) return -1;
  signal(SIGXFSZ, SIG_IGN);
  long done = ftruncate(memory, 1l << 30);
  int failure = errno;
  close(memory);
  errno = failure;
  return done;
}

static void *sleep_long(void *unused) {
  (void)unused;
  usleep(500000);
  return NULL;
}

static long try_threads(const char *path) {
  (void)path;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (int i = 0; i < 400; i++) {
    pthread_t thread;
    int failure = pthread_create(&thread, &attributes, sleep_long, NULL);
    if (failure) {
      errno = failure;
      return -1;
    }
  }
  usleep(400000);
  return 0;
}

#ifdef __x86_64__
/* getpid by its number of the x32 ABI. */
static long try_other_abi(const char *path) {
  (void)path;
  return syscall(0x40000000 + SYS_getpid) >= 0 || errno == ENOSYS ? 0 : -1;
}
#endif

static const struct {
  const char *name;
  attempt attempt;
} attempts[] = {
    {"socket", try_socket},
    {"unix_socket", try_unix_socket},
    {"netlink", try_netlink},
    {"read", try_read},
    {"write", try_write},
    {"list", try_list},
    {"chmod", try_chmod},
    {"library", try_library},
    {"exec", try_exec},
    {"fork", try_fork},
    {"ptrace", try_ptrace},
    {"memory_of_parent", try_memory_of_parent},
    {"signal_parent", try_signal_parent},
    {"signal_group", try_signal_group},
    {"stay_after_parent", try_stay_after_parent},
    {"show_itself", try_show_itself},
    {"nice", try_nice},
    {"namespace", try_namespace},
    {"ring", try_ring},
    {"perf", try_perf},
    {"key", try_key},
    {"shared_segment", try_shared_segment},
    {"terminal", try_terminal},
    {"memory", try_memory},
    {"shared_memory", try_shared_memory},
    {"large_file", try_large_file},
    {"threads", try_threads},
#ifdef __x86_64__
    {"other_abi", try_other_abi},
#endif
};

/* The text of a member, cut to the room there is for it. */
static void copy(jf_call *call, const char *name, char *room, size_t size) {
  jf_bytes found = values->text(values->child(calls->parameters(call), text(name)));
  size_t count = found.size < size - 1 ? found.size : size - 1;
  memcpy(room, found.data ? (const char *)found.data : "", count);
  room[count] = 0;
}

static jf_status answer(jf_call *call, const char *name, int64_t number) {
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->key(builder, text(name));
  values->integer_value(builder, number);
  values->end(builder);
  return calls->result_value(call, values->finish(builder));
}

static jf_status run(jf_call *call) {
  char name[64], path[512];
  copy(call, "try", name, sizeof name);
  copy(call, "path", path, sizeof path);
  for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
    if (strcmp(attempts[i].name, name) != 0) continue;
    errno = 0;
    long done = attempts[i].attempt(path);
    return done >= 0 ? answer(call, "did", done) : answer(call, "errno", errno);
  }
  return fail(call, JF_INVALID_INPUT, "unknown_try");
}
