/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/mail.h: one e-mail through the host.
 *
 * The plugin describes the mail; the host applies the account (a credential of kind "mail"), and
 * the project's mail transport writes MIME, connects with TLS, logs in and hands the mail over.
 * The From address is always the account's. Control characters in any address, name, subject or
 * header are refused, never cleaned.
 */
#ifndef JACKFIELD_MAIL_H
#define JACKFIELD_MAIL_H

#include "action.h"

JF_BEGIN

/* One attachment. Set `size`. */
typedef struct jf_mail_attachment {
  uint32_t size;
  uint32_t reserved;
  jf_bytes name;  /* the file's name */
  jf_bytes type;  /* a media type; empty: application/octet-stream */
  jf_bytes bytes; /* the content, not encoded */
  const jf_value *JF_NULLABLE blob; /* the content as a blob (blobs.h), instead of `bytes`; where
                                       `name` or `type` is empty, the blob's */
} jf_mail_attachment;

/* One mail. Set `size`, zero the rest, fill what is needed. */
typedef struct jf_mail {
  uint32_t size;
  uint32_t reserved;
  jf_bytes credential;                 /* the account; empty: the project's only one */
  jf_bytes from_name;                  /* empty: the account's */
  const jf_value *to;                  /* [text], `a@b` or `Name <a@b>`, at least one */
  const jf_value *JF_NULLABLE cc;      /* [text] */
  const jf_value *JF_NULLABLE bcc;     /* [text] */
  jf_bytes reply_to;                   /* empty: none */
  jf_bytes subject;                    /* at most 998 characters */
  jf_bytes text;                       /* UTF-8; text or html or both */
  jf_bytes html;
  const jf_value *JF_NULLABLE headers; /* {name: text}: X-*, List-*, In-Reply-To, References */
  const jf_mail_attachment *const JF_NULLABLE *JF_NULLABLE attachments;
  uint64_t attachment_count;           /* at most 20, 20 MiB together */
} jf_mail;

/* "jackfield.mail/1", offered by the host where a mail credential is granted. */
#define JF_MAIL_INTERFACE "jackfield.mail/1"

typedef struct jf_mail_interface {
  uint32_t size;
  uint32_t reserved;

  /* Hands one mail over to the account's server: to every address, or to none.
   * `*out` is {message_id, reply: text, accepted: [text]}.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK; JF_INVALID_INPUT (an address, a header), JF_DENIED (login refused, not
   *   granted), JF_UNAVAILABLE (no connection, a 4xx reply; nothing was sent), JF_FAILED (a 5xx
   *   reply), JF_UNKNOWN_OUTCOME (lost after the body). last_error has the enhanced status code
   *   as provider_code. Crosses: yes */
  jf_status (*send)(jf_call *call, const jf_mail *mail, const jf_value *JF_NULLABLE *JF_NULLABLE out);
} jf_mail_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_mail_attachment) == 64, "layout of jf_mail_attachment");
JF_STATIC_ASSERT(sizeof(jf_mail) == 152, "layout of jf_mail");
JF_STATIC_ASSERT(sizeof(jf_mail_interface) == 16, "layout of jackfield.mail/1");
#endif

JF_END

#endif /* JACKFIELD_MAIL_H */
