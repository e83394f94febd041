/* SPDX-License-Identifier: Apache-2.0
 *
 * socket.h: messages with a descriptor attached over a SOCK_SEQPACKET pair, which Swift cannot
 * write because CMSG_* are macros. No function here leaks a descriptor, whatever the peer sends.
 */
#ifndef JACKFIELD_SYSTEM_SOCKET_H
#define JACKFIELD_SYSTEM_SOCKET_H

#include <stddef.h>
#include <stdint.h>

/* What one receive found. */
typedef struct sys_received {
  int64_t size;       /* bytes received; 0: the peer is gone */
  int32_t descriptor; /* the one that was attached, close-on-exec, or -1 */
  int32_t violation;  /* a SYS_* constant below; then `descriptor` is -1 */
} sys_received;

#define SYS_RECEIVED_WELL 0
#define SYS_RECEIVED_TOO_LONG 1         /* the message did not fit the buffer */
#define SYS_RECEIVED_MANY_DESCRIPTORS 2 /* more than one descriptor was attached */

/* One message to send. */
typedef struct sys_message {
  const void *data;
  uint64_t size;
  int32_t descriptor; /* attached unless -1; stays the caller's */
  int32_t reserved;
} sys_message;

/* A connected SOCK_SEQPACKET pair, both ends close-on-exec. Returns 0 or -errno. */
int32_t sys_socket_pair(int32_t *first, int32_t *second);

/* Sends one message. `wait` 0: answers -EAGAIN instead of blocking. Returns 0 or -errno. */
int32_t sys_send(int32_t socket, const sys_message *message, int32_t wait);

/* Sends up to 32 messages without blocking. Returns how many went, or -errno when none did. */
int32_t sys_send_many(int32_t socket, const sys_message *messages, int32_t count);

/* Receives one message. `wait` 0: answers -EAGAIN instead of blocking. Returns 0 or -errno. */
int32_t sys_receive(int32_t socket, void *buffer, uint64_t capacity, int32_t wait,
                    sys_received *received);

/* Receives up to 32 messages without blocking, the n-th at `buffers + n * capacity`.
 * Returns how many came, or -errno when none did. */
int32_t sys_receive_many(int32_t socket, void *buffers, uint64_t capacity, int32_t count,
                         sys_received *received);

#endif
