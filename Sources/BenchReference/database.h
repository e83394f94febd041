/* SPDX-License-Identifier: Apache-2.0
 * SQLite as the references use it: WAL, synchronous=FULL, prepared statements. */
#ifndef BENCH_DATABASE_H
#define BENCH_DATABASE_H

#include <sqlite3.h>

/* A new database with this schema, or null. */
sqlite3 *database_open(const char *path, const char *schema);

/* Null when it does not compile; freeing null is allowed. */
sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql);

/* Runs a statement that gives no row and makes it ready again: 0 or EIO. */
int database_step(sqlite3_stmt *statement);

#endif
