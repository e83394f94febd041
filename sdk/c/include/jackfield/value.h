/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/value.h: bytes, JSON values and the builder that makes them.
 *
 * Everything a plugin receives or returns that is not plain bytes is a `jf_value`: parameters,
 * results, settings, records, filters, parsed bodies. A value is opaque; it is read through the
 * accessors of `jf_value_interface` and made through the builder functions of the same table.
 * All of them run inside the process the plugin runs in; none makes a call to the host.
 *
 * Lifetimes. A value handed in with a call, read from a service or finished by a builder lives
 * until that call returns. A value handed to `open` lives until `open` returns. Nobody frees one.
 *
 * Field tags: `Thread:` where a function may run, `Owner:` who owns what it hands out,
 * `Returns:` the result, errors included.
 */
#ifndef JACKFIELD_VALUE_H
#define JACKFIELD_VALUE_H

#include <stdint.h>

#if defined(__cplusplus)
#define JF_EXTERN_C_BEGIN extern "C" {
#define JF_EXTERN_C_END }
#define JF_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define JF_EXTERN_C_BEGIN
#define JF_EXTERN_C_END
#define JF_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* Every pointer is non-null unless it says so. Only Clang knows the words; others skip them. */
#if defined(__clang__)
#define JF_BEGIN                                                                \
  _Pragma("clang diagnostic push")                                              \
  _Pragma("clang diagnostic ignored \"-Wnullability-extension\"")               \
  _Pragma("clang assume_nonnull begin") JF_EXTERN_C_BEGIN
#define JF_END                                                                  \
  JF_EXTERN_C_END _Pragma("clang assume_nonnull end") _Pragma("clang diagnostic pop")
#define JF_NULLABLE _Nullable
#define JF_NONNULL _Nonnull
#else
#define JF_BEGIN JF_EXTERN_C_BEGIN
#define JF_END JF_EXTERN_C_END
#define JF_NULLABLE
#define JF_NONNULL
#endif

JF_BEGIN

/* A view of bytes. Never NUL-terminated, UTF-8 where it is text. `data` may be null only when
 * `size` is 0. This struct is passed whole and never changes. */
typedef struct jf_bytes {
  const uint8_t *JF_NULLABLE data;
  uint64_t size;
} jf_bytes;

/* The kind of a value. A number this header does not list is to be read as JF_OTHER. */
typedef int32_t jf_type;
#define JF_NULL ((jf_type)0)
#define JF_BOOLEAN ((jf_type)1)
#define JF_INTEGER ((jf_type)2) /* a whole number that fits int64_t exactly */
#define JF_NUMBER ((jf_type)3)  /* any other number */
#define JF_TEXT ((jf_type)4)
#define JF_LIST ((jf_type)5)
#define JF_OBJECT ((jf_type)6)
#define JF_OTHER ((jf_type)7)

/* A JSON value, read-only, of the host's making. */
typedef struct jf_value jf_value;

/* A value in the making. Obtained from a call (`jf_call_interface.builder`); lives as long as it.
 * A mistake (a member without a key, an `end` too many, over a limit) marks the builder; every
 * later function then does nothing and `finish` answers null, so one check at the end is enough. */
typedef struct jf_builder jf_builder;

/* "jackfield.value/1", the table of accessors and builder functions. */
#define JF_VALUE_INTERFACE "jackfield.value/1"

typedef struct jf_value_interface {
  uint32_t size;
  uint32_t reserved;

  /* The value's type. A null pointer is JF_NULL, so a missing member needs no check of its own.
   * Thread: [any thread of the call] · Owner: none · Returns: one of JF_NULL … JF_OBJECT */
  jf_type (*type)(const jf_value *JF_NULLABLE value);

  /* A text's bytes; a number's digits as they were written; else empty.
   * Thread: [any thread of the call] · Owner: the value · Returns: a view, empty if none */
  jf_bytes (*text)(const jf_value *JF_NULLABLE value);

  /* A whole number, or a boolean as 0 or 1.
   * Thread: [any thread of the call] · Owner: none
   * Returns: 1 and `*out` set, or 0 and `*out` untouched when it is not exactly an int64_t */
  int32_t (*integer)(const jf_value *JF_NULLABLE value, int64_t *out);

  /* Any number as a double, rounded to nearest.
   * Thread: [any thread of the call] · Owner: none · Returns: 1 and `*out` set, or 0 */
  int32_t (*number)(const jf_value *JF_NULLABLE value, double *out);

  /* How many elements a list, or members an object, has; 0 for everything else.
   * Thread: [any thread of the call] · Owner: none · Returns: the count */
  uint64_t (*count)(const jf_value *JF_NULLABLE value);

  /* The member of an object with this name; where a name stands twice, the last.
   * Thread: [any thread of the call] · Owner: the value · Returns: the member, or null */
  const jf_value *JF_NULLABLE (*JF_NONNULL child)(const jf_value *JF_NULLABLE value, jf_bytes name);

  /* The first element of a list or member of an object, in the order written.
   * Thread: [any thread of the call] · Owner: the value · Returns: it, or null when empty */
  const jf_value *JF_NULLABLE (*JF_NONNULL first)(const jf_value *JF_NULLABLE value);

  /* The element or member after `value` in the list or object that `first` was asked of.
   * Thread: [any thread of the call] · Owner: the value · Returns: it, or null at the end */
  const jf_value *JF_NULLABLE (*JF_NONNULL next)(const jf_value *value);

  /* The name a member has in its object; empty for anything that is no member.
   * Thread: [any thread of the call] · Owner: the value · Returns: a view */
  jf_bytes (*name)(const jf_value *JF_NULLABLE value);

  /* Builder: opens an object; what follows is `key`, value, `key`, value … `end`.
   * Thread: [any thread of the call], one at a time per builder · Owner: the call · Returns: - */
  void (*object_begin)(jf_builder *builder);

  /* Builder: opens a list; what follows are its elements, then `end`.
   * Thread: as object_begin · Owner: the call · Returns: - */
  void (*list_begin)(jf_builder *builder);

  /* Builder: closes the innermost open object or list.
   * Thread: as object_begin · Owner: the call · Returns: - */
  void (*end)(jf_builder *builder);

  /* Builder: the name of the next member; only directly inside an object. Copied.
   * Thread: as object_begin · Owner: the plugin keeps `name` · Returns: - */
  void (*key)(jf_builder *builder, jf_bytes name);

  /* Builder: null. Thread: as object_begin · Owner: none · Returns: - */
  void (*null)(jf_builder *builder);

  /* Builder: false for 0, true for anything else.
   * Thread: as object_begin · Owner: none · Returns: - */
  void (*boolean)(jf_builder *builder, int32_t truth);

  /* Builder: a whole number. Thread: as object_begin · Owner: none · Returns: - */
  void (*integer_value)(jf_builder *builder, int64_t integer);

  /* Builder: a number; NaN and the infinities mark the builder.
   * Thread: as object_begin · Owner: none · Returns: - */
  void (*number_value)(jf_builder *builder, double number);

  /* Builder: a text, UTF-8, copied. Bytes that are no UTF-8 mark the builder.
   * Thread: as object_begin · Owner: the plugin keeps `text` · Returns: - */
  void (*text_value)(jf_builder *builder, jf_bytes text);

  /* Builder: a copy of a whole value. Thread: as object_begin · Owner: none · Returns: - */
  void (*copy)(jf_builder *builder, const jf_value *value);

  /* Builder: a value written as JSON text. Text that does not parse marks the builder.
   * Thread: as object_begin · Owner: the plugin keeps `json` · Returns: - */
  void (*json)(jf_builder *builder, jf_bytes json);

  /* Ends the building. The builder is used up either way.
   * Thread: as object_begin · Owner: the call
   * Returns: the value, or null when the builder is marked (the reason goes to the call's log) */
  const jf_value *JF_NULLABLE (*JF_NONNULL finish)(jf_builder *builder);
} jf_value_interface;

JF_STATIC_ASSERT(sizeof(jf_bytes) == 16, "jf_bytes never changes");
#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_value_interface) == 176, "layout of jackfield.value/1");
#endif

JF_END

#endif /* JACKFIELD_VALUE_H */
