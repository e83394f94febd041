/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/plugin.h: what a plugin exports and what it is handed.
 *
 * A plugin is a shared object with one exported function, `jf_plugin_entry_v0`, beside a
 * `plugin.json` that describes it. Nothing of the image runs to list or to scan it: the manifest
 * is the only description. Everything else of the image is hidden (link with a version script).
 *
 * The promise
 * -----------
 *  1. This is ABI 0.x: until 1.0 any minor version may break it; CHANGELOG.md says what changed,
 *     header by header. From 1.0 on the following holds within a major version.
 *  2. A plugin built for minor N loads in every host of minor N or later.
 *  3. A struct that begins with `uint32_t size` may grow at its end, by multiples of 8 bytes.
 *     Read a member only when `size` covers it (JF_HAS). Set `size` to sizeof the struct you know.
 *  4. `jf_bytes` has no size and never changes.
 *  5. Members are never removed, reordered or given another meaning.
 *  6. An interface id ("jackfield.http/1") names one table for ever. A change that is not an
 *     addition gets a new id with the next revision, beside the old one.
 *  7. Status classes and types may be added. Read an unknown status as JF_BUG, an unknown type
 *     as JF_OTHER.
 *  8. Interfaces under `draft/` promise nothing yet; their ids stay when they become stable.
 *  9. Only fixed-width integers, double and pointers cross; truth is an int32_t 0 or 1.
 * 10. Nothing unwinds across the boundary: no C++ exception, no longjmp.
 * 11. Whoever allocates, frees. What the host hands in lives until the function returns, unless
 *     the function's text says longer.
 * 12. An image is never unloaded; its worker process ends instead.
 *
 * Threads, the fixed list
 * -----------------------
 *   [entry thread]            the thread that loaded the image; nothing else runs yet
 *   [call thread]             the thread that `run` was called on
 *   [any thread of the call]  any thread, between the start of `run` and its return
 *   [any thread]              any thread, from `open` until `close`
 */
#ifndef JACKFIELD_PLUGIN_H
#define JACKFIELD_PLUGIN_H

#include "value.h"

#define JF_ABI_MAJOR 0
#define JF_ABI_MINOR 1

/* The one thing a plugin exports. */
#if defined(__cplusplus)
#define JF_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define JF_EXPORT __attribute__((visibility("default")))
#endif

/* Whether the struct behind `pointer` is large enough to hold `member`. */
#define JF_HAS(pointer, member)                                                \
  ((pointer)->size >= (uint64_t)((const char *)(&(pointer)->member) - (const char *)(pointer)) + \
                          sizeof((pointer)->member))

JF_BEGIN

/* How something ended: JF_OK or the class of the error. The class decides what happens next, so
 * it is the one thing to get right. A number this header does not list is to be read as JF_BUG. */
typedef int32_t jf_status;
#define JF_OK ((jf_status)0)
#define JF_INVALID_INPUT ((jf_status)1)   /* the parameters are wrong; never retried */
#define JF_DENIED ((jf_status)2)          /* not granted, not logged in, refused by a policy */
#define JF_NOT_FOUND ((jf_status)3)       /* what was referred to does not exist */
#define JF_CONFLICT ((jf_status)4)        /* somebody else changed it first */
#define JF_RATE_LIMITED ((jf_status)5)    /* too many; nothing was done; later it will work */
#define JF_UNAVAILABLE ((jf_status)6)     /* transient; nothing was done; later it may work */
#define JF_FAILED ((jf_status)7)          /* permanent; nothing was done */
#define JF_UNKNOWN_OUTCOME ((jf_status)8) /* it may or may not have been done */
#define JF_BUG ((jf_status)9)             /* the plugin or the host broke a rule of this ABI */

/* How loud a log line is. */
typedef int32_t jf_level;
#define JF_LEVEL_DEBUG ((jf_level)0)
#define JF_LEVEL_INFO ((jf_level)1)
#define JF_LEVEL_WARNING ((jf_level)2)
#define JF_LEVEL_ERROR ((jf_level)3)

/* The plugin's own state, one per project it is enabled for. The host never looks inside. */
typedef struct jf_instance jf_instance;

typedef struct jf_host jf_host;

/* What the host hands to `open`. Lives as long as the instance. */
struct jf_host {
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  void *JF_NULLABLE impl; /* the host's; not for the plugin */

  /* A table of host functions by its id ("jackfield.http/1"), constant for the instance's life.
   * Thread: [any thread] · Owner: the host, for the instance's life
   * Returns: the table, or null when this host does not know it or the project did not grant it */
  const void *JF_NULLABLE (*JF_NONNULL interface)(const jf_host *host, const char *id);

  /* One line for the plugin's log, at most 8 KiB (cut), outside of any call.
   * Thread: [any thread] · Owner: the plugin keeps `line` · Returns: - */
  void (*log)(const jf_host *host, jf_level level, jf_bytes line);
};

/* What a plugin hands to the host. Lives as long as the image, so a static constant is right. */
typedef struct jf_plugin {
  uint32_t size;
  uint16_t abi_major; /* JF_ABI_MAJOR as the plugin was built */
  uint16_t abi_minor; /* JF_ABI_MINOR as the plugin was built */

  /* Makes the instance. Called once per process, before anything else, with the project's
   * settings for this plugin (an object, already valid against the manifest's schema).
   * Thread: [entry thread] · Owner: the plugin owns `*out` until `close`
   * Returns: JF_OK and `*out` set (null is allowed), or the class of the error (log the reason) */
  jf_status (*open)(const jf_host *host, const jf_value *settings,
                    jf_instance *JF_NULLABLE *JF_NULLABLE out);

  /* Ends the instance. May never come: a worker can be killed at any time.
   * Thread: [entry thread] · Owner: the plugin frees the instance · Returns: - */
  void (*close)(jf_instance *JF_NULLABLE instance);

  /* A table of the plugin's own functions by its id ("jackfield.action/1").
   * Thread: [entry thread] · Owner: the plugin, for the instance's life
   * Returns: the table, or null when the plugin does not have it */
  const void *JF_NULLABLE (*JF_NONNULL interface)(jf_instance *JF_NULLABLE instance, const char *id);
} jf_plugin;

/* The entry point. `host_minor` is the host's JF_ABI_MINOR of the same major.
 * Thread: [entry thread] · Owner: the plugin, for the image's life · Returns: null only to refuse */
typedef const jf_plugin *JF_NULLABLE (*jf_plugin_entry)(uint32_t host_minor);
#define JF_PLUGIN_ENTRY_SYMBOL "jf_plugin_entry_v0"
JF_EXPORT const jf_plugin *JF_NULLABLE jf_plugin_entry_v0(uint32_t host_minor);

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_host) == 32, "layout of jf_host");
JF_STATIC_ASSERT(sizeof(jf_plugin) == 32, "layout of jf_plugin");
#endif

JF_END

#endif /* JACKFIELD_PLUGIN_H */
