/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define BATCH 32
/* Room for two, so that a peer that attaches two is told from one that attaches one; the kernel
 * drops what does not fit and says so. */
#define DESCRIPTORS 2

typedef union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
} control;

int32_t sys_socket_pair(int32_t *first, int32_t *second) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
  *first = ends[0];
  *second = ends[1];
  return 0;
}

static void fill(struct msghdr *header, struct iovec *part, control *room,
                 const sys_message *message) {
  memset(header, 0, sizeof *header);
  part->iov_base = (void *)message->data;
  part->iov_len = message->size;
  header->msg_iov = part;
  header->msg_iovlen = 1;
  if (message->descriptor < 0) return;
  memset(room, 0, sizeof *room);
  header->msg_control = room;
  header->msg_controllen = CMSG_SPACE(sizeof(int));
  struct cmsghdr *first = CMSG_FIRSTHDR(header);
  first->cmsg_level = SOL_SOCKET;
  first->cmsg_type = SCM_RIGHTS;
  first->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(first), &message->descriptor, sizeof(int));
}

int32_t sys_send(int32_t socket, const sys_message *message, int32_t wait) {
  int flags = MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT);
  ssize_t sent;
  if (message->descriptor < 0) {
    do sent = send(socket, message->data, message->size, flags);
    while (sent < 0 && errno == EINTR);
  } else {
    struct msghdr header;
    struct iovec part;
    control room;
    fill(&header, &part, &room, message);
    do sent = sendmsg(socket, &header, flags);
    while (sent < 0 && errno == EINTR);
  }
  return sent < 0 ? -errno : 0;
}

int32_t sys_send_many(int32_t socket, const sys_message *messages, int32_t count) {
  struct mmsghdr headers[BATCH];
  struct iovec parts[BATCH];
  control rooms[BATCH];
  if (count > BATCH) count = BATCH;
  for (int32_t i = 0; i < count; i++)
    fill(&headers[i].msg_hdr, &parts[i], &rooms[i], &messages[i]);
  int sent;
  do sent = sendmmsg(socket, headers, (unsigned)count, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

/* Takes the descriptors out of a received message: keeps the only one, closes them all else. */
static void settle(struct msghdr *header, int64_t size, sys_received *received) {
  int32_t count = 0, kept = -1;
  for (struct cmsghdr *each = CMSG_FIRSTHDR(header); each != NULL;
       each = CMSG_NXTHDR(header, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    size_t bytes = each->cmsg_len - CMSG_LEN(0);
    for (size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(each) + at, sizeof descriptor);
      count++;
      if (kept < 0) kept = descriptor; else close(descriptor);
    }
  }
  received->size = size;
  received->violation = SYS_RECEIVED_WELL;
  if (header->msg_flags & MSG_TRUNC) received->violation = SYS_RECEIVED_TOO_LONG;
  if (count > 1 || (header->msg_flags & MSG_CTRUNC))
    received->violation = SYS_RECEIVED_MANY_DESCRIPTORS;
  if (received->violation != SYS_RECEIVED_WELL && kept >= 0) {
    close(kept);
    kept = -1;
  }
  received->descriptor = kept;
}

static void prepare(struct msghdr *header, struct iovec *part, control *room, void *buffer,
                    uint64_t capacity) {
  memset(header, 0, sizeof *header);
  part->iov_base = buffer;
  part->iov_len = capacity;
  header->msg_iov = part;
  header->msg_iovlen = 1;
  header->msg_control = room;
  header->msg_controllen = sizeof *room;
}

int32_t sys_receive(int32_t socket, void *buffer, uint64_t capacity, int32_t wait,
                    sys_received *received) {
  struct msghdr header;
  struct iovec part;
  control room;
  ssize_t size;
  do {
    prepare(&header, &part, &room, buffer, capacity);
    size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  } while (size < 0 && errno == EINTR);
  if (size < 0) return -errno;
  settle(&header, size, received);
  return 0;
}

int32_t sys_receive_many(int32_t socket, void *buffers, uint64_t capacity, int32_t count,
                         sys_received *received) {
  struct mmsghdr headers[BATCH];
  struct iovec parts[BATCH];
  control rooms[BATCH];
  if (count > BATCH) count = BATCH;
  int came;
  do {
    for (int32_t i = 0; i < count; i++)
      prepare(&headers[i].msg_hdr, &parts[i], &rooms[i], (char *)buffers + (uint64_t)i * capacity,
              capacity);
    came = recvmmsg(socket, headers, (unsigned)count, MSG_CMSG_CLOEXEC | MSG_DONTWAIT, NULL);
  } while (came < 0 && errno == EINTR);
  if (came < 0) return -errno;
  for (int i = 0; i < came; i++) settle(&headers[i].msg_hdr, headers[i].msg_len, &received[i]);
  return came;
}
