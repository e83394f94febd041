/* SPDX-License-Identifier: Apache-2.0
 * Writes frames to the host's socket that follow from {"seed": n}: kinds, numbers, lengths and
 * payloads of which some are right, with memory attached or missing. */
#define _GNU_SOURCE
#include "../fixture.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t state;

/* SplitMix64. */
static uint64_t next(void) {
  uint64_t mixed = state += 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

static uint32_t below(uint32_t bound) { return (uint32_t)(next() % bound); }

static size_t field(uint8_t *at) {
  static const char *const words[] = {"", "{}", "{\"a\":1}", "[", "{\"status\":200}", "\xff\xfe"};
  const char *word = words[below(6)];
  uint32_t size = (uint32_t)strlen(word);
  memcpy(at + 4, word, size);
  if (below(32) == 0) size = (uint32_t)next();
  memcpy(at, &size, 4);
  return 4 + strlen(word);
}

/* Status, level or service, then up to three fields, then perhaps a byte too many. */
static size_t payload(uint8_t kind, uint8_t *at) {
  size_t size = 0;
  if (kind == 34 || kind == 37) {
    int32_t status = (int32_t)below(12);
    memcpy(at, &status, 4);
    size = 4;
  } else if (kind == 35 || kind == 36) {
    at[size++] = (uint8_t)below(kind == 36 ? 5 : 14);
  }
  uint32_t fields = kind == 38 ? 0 : kind == 35 || kind > 38 ? 2 : 1;
  for (fields += below(16) == 0; fields > 0; fields--) size += field(at + size);
  if (below(32) == 0) at[size++] = (uint8_t)next();
  return size;
}

static void frame(void) {
  uint8_t message[512] = {0};
  message[0] = (uint8_t)(below(16) == 0 ? next() : below(8) == 0 ? 32 + below(9) : 34 + below(4));
  if (below(32) == 0) message[1 + below(3)] = (uint8_t)next();
  int is_request = message[0] == 35 || message[0] > 37;
  uint32_t call = below(8) == 0 ? below(4) : 1, exchange = below(8) == 0 || is_request ? below(4) : 0;
  memcpy(message + 4, &call, 4);
  memcpy(message + 8, &exchange, 4);
  size_t size = payload(message[0], message + 16);
  uint32_t length = below(32) == 0 ? (uint32_t)next() : (uint32_t)size;
  memcpy(message + 12, &length, 4);
  size_t whole = below(32) == 0 ? below(16) : 16 + size;
  struct iovec bytes = {message, whole};
  struct msghdr header = {.msg_iov = &bytes, .msg_iovlen = 1};
  union {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  int memory = below(32) == 0 ? memfd_create("babble", MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1;
  if (memory >= 0) {
    memset(&control, 0, sizeof control);
    header.msg_control = control.room;
    header.msg_controllen = sizeof control.room;
    struct cmsghdr *first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(first), &memory, sizeof(int));
  }
  (void)sendmsg(3, &header, MSG_NOSIGNAL);
  if (memory >= 0) close(memory);
}

static jf_status run(jf_call *call) {
  int64_t seed = 0;
  if (!values->integer(values->child(calls->parameters(call), text("seed")), &seed)) {
    return echo(call);
  }
  state = (uint64_t)seed;
  for (uint32_t left = 1 + below(4); left > 0; left--) frame();
  return echo(call);
}
