/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/blobs.h: bodies that are too large for a value.
 *
 * A blob is a sequence of bytes that the host keeps in a file, once for each content and project.
 * Values name it: {blob: "sha256-…", type: text, bytes: integer, name: text} is an ordinary
 * object that goes through results, parameters and events; the bytes do not go with it.
 *
 * A blob lives as long as something holds it: the run whose call made it, a run that was started
 * with an event naming it by a run that held it, or an entry of the project's media gallery. When
 * the last of them is gone, so is the blob.
 *
 * A call may read a blob that it made itself, one that stands in its parameters and that its run
 * holds, and one of the gallery where the plugin is granted to read the collection `media`. Every
 * other one answers JF_NOT_FOUND, whether it exists or not: to know a name is no right to read.
 *
 * Limits: 100 MiB a blob, 256 KiB a piece, 8 unfinished blobs and 256 MiB a call, 10 GiB a project.
 */
#ifndef JACKFIELD_BLOBS_H
#define JACKFIELD_BLOBS_H

#include "action.h"

JF_BEGIN

/* The most that one `append` takes and one `read` gives. */
#define JF_BLOB_PIECE ((uint64_t)262144)

/* "jackfield.blobs/1", offered by the host. */
#define JF_BLOBS_INTERFACE "jackfield.blobs/1"

typedef struct jf_blobs_interface {
  uint32_t size;
  uint32_t reserved;

  /* Begins a blob. `type` is a media type, empty: application/octet-stream; `name` a file's name
   * without a path, empty: "file". What is not finished when the call returns is thrown away.
   * Thread: [any thread of the call] · Owner: the host keeps the draft
   * Returns: JF_OK and `*draft` set; JF_INVALID_INPUT (a type or name that is none, too many
   *   drafts), JF_UNAVAILABLE (the disk). Crosses: yes */
  jf_status (*create)(jf_call *call, jf_bytes type, jf_bytes name, uint64_t *draft);

  /* Adds a piece of at most JF_BLOB_PIECE bytes.
   * Thread: [any thread of the call] · Owner: the plugin keeps `piece`
   * Returns: JF_OK; JF_INVALID_INPUT (no such draft, over a limit), JF_UNAVAILABLE (the disk is
   *   full: code "disk_full"). Crosses: yes */
  jf_status (*append)(jf_call *call, uint64_t draft, jf_bytes piece);

  /* Ends a blob: when it returns, the bytes are on disk and the run holds them. `*out` is the
   * value that names it. The draft is gone, whatever the answer.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK; JF_INVALID_INPUT (no such draft, the project is full: code
   *   "blobs_full"), JF_UNAVAILABLE (the disk). Crosses: yes */
  jf_status (*finish)(jf_call *call, uint64_t draft, const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Asks for a blob by the value that names it, or by its text alone. `*out` is the whole value:
   * `bytes` as it is, `type` and `name` as the value says.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_NOT_FOUND, JF_INVALID_INPUT (it names no blob). Crosses: yes */
  jf_status (*look)(jf_call *call, const jf_value *blob,
                    const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Reads up to `size` bytes, at most JF_BLOB_PIECE, from `offset` on into memory of the
   * plugin's. `*count` is how many there were: 0 at the end and beyond it.
   * Thread: [any thread of the call] · Owner: the plugin keeps `into`
   * Returns: JF_OK, JF_NOT_FOUND, JF_INVALID_INPUT. Crosses: yes */
  jf_status (*read)(jf_call *call, const jf_value *blob, uint64_t offset,
                    uint8_t *JF_NULLABLE into, uint64_t size, uint64_t *count);
} jf_blobs_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_blobs_interface) == 48, "layout of jackfield.blobs/1");
#endif

JF_END

#endif /* JACKFIELD_BLOBS_H */
