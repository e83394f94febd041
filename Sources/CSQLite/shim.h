/* SPDX-License-Identifier: Apache-2.0 · libsqlite3, and the two constants Swift cannot import. */
#include <sqlite3.h>

static inline int jf_bind_text(sqlite3_stmt *statement, int index, const char *text, int size) {
  return sqlite3_bind_text(statement, index, text, size, SQLITE_TRANSIENT);
}

static inline int jf_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int size) {
  return sqlite3_bind_blob(statement, index, bytes, size, SQLITE_TRANSIENT);
}

/* Counting every allocation takes a mutex each time, and nobody reads the counts. Before the first
 * connection only; afterwards it is refused and changes nothing. */
static inline int jf_sqlite_configure(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
