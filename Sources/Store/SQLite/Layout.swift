// SPDX-License-Identifier: Apache-2.0
// The tables, each with its keys' reason.

/// The database's layout. Row ids only grow, so inserts go to the end of each table; random keys
/// (tokens, dedupe keys) are in small tables of their own.
enum Layout {
  /// `JKFD`
  static let applicationID: UInt32 = 0x4A4B_4644
  static let version: UInt32 = 1

  /// Makes an empty database. `auto_vacuum` only works before the first page is written.
  static let creation = """
    PRAGMA page_size=4096;
    PRAGMA auto_vacuum=INCREMENTAL;
    PRAGMA synchronous=FULL;
    BEGIN IMMEDIATE;
    PRAGMA application_id=\(applicationID);
    PRAGMA user_version=\(version);
    \(configuration)
    \(runs)
    \(records)
    COMMIT;
    """

  private static let configuration = """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE project (
      name TEXT PRIMARY KEY, document TEXT NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE plugin_state (
      project TEXT NOT NULL, plugin TEXT NOT NULL, enabled INTEGER NOT NULL, version TEXT,
      hash TEXT, grants TEXT NOT NULL, policy TEXT NOT NULL, settings TEXT NOT NULL,
      PRIMARY KEY (project, plugin)) WITHOUT ROWID;
    CREATE TABLE credential (
      project TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, fields TEXT NOT NULL,
      sealed BLOB NOT NULL, key_id TEXT NOT NULL, updated_at INTEGER NOT NULL,
      PRIMARY KEY (project, name)) WITHOUT ROWID;
    -- A draft is a connector that was run without being saved; it has no token and is not listed.
    CREATE TABLE connector (
      id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, name TEXT NOT NULL,
      draft INTEGER NOT NULL, version INTEGER NOT NULL, token TEXT UNIQUE,
      enabled INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      UNIQUE (project, name, draft));
    CREATE TABLE connector_version (
      connector INTEGER NOT NULL, version INTEGER NOT NULL, hash TEXT NOT NULL,
      document TEXT NOT NULL, created_at INTEGER NOT NULL,
      PRIMARY KEY (connector, version)) WITHOUT ROWID;
    CREATE TABLE retired_token (
      token TEXT PRIMARY KEY, connector INTEGER NOT NULL, retired_at INTEGER NOT NULL
      ) WITHOUT ROWID;
    CREATE TABLE received (
      id INTEGER PRIMARY KEY AUTOINCREMENT, connector INTEGER NOT NULL, verdict TEXT NOT NULL,
      run INTEGER, body BLOB, received_at INTEGER NOT NULL);
    CREATE INDEX received_connector ON received (connector, id);
    """

  /// The hot tables. What a run changes at each step touches no index; the partial ones are
  /// written when it starts, waits and ends.
  private static let runs = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, connector INTEGER NOT NULL,
      version INTEGER NOT NULL, state TEXT NOT NULL, incarnation INTEGER NOT NULL,
      sequence INTEGER NOT NULL, position TEXT NOT NULL, contact INTEGER, mark TEXT, reason TEXT,
      due_at INTEGER, started_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      finished_at INTEGER);
    CREATE INDEX run_unfinished ON run (id) WHERE finished_at IS NULL;
    CREATE INDEX run_due ON run (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX run_connector ON run (connector, id);
    CREATE INDEX run_finished ON run (project, state, id) WHERE finished_at IS NOT NULL;
    CREATE TABLE event (
      run INTEGER PRIMARY KEY, body TEXT NOT NULL, contact_seed TEXT, received_at INTEGER NOT NULL);
    CREATE TABLE dedupe (
      connector INTEGER NOT NULL, key BLOB NOT NULL, run INTEGER NOT NULL,
      expires_at INTEGER NOT NULL, PRIMARY KEY (connector, key)) WITHOUT ROWID;
    CREATE INDEX dedupe_expiry ON dedupe (expires_at);
    -- Entries go to the end, whatever their run: keyed by run, those of a batch were one page each.
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL, entry TEXT NOT NULL,
      started_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL);
    CREATE UNIQUE INDEX journal_run ON journal (run, seq);
    CREATE TABLE egress (
      run INTEGER NOT NULL, attempt TEXT NOT NULL, request INTEGER NOT NULL, effect TEXT NOT NULL,
      digest TEXT NOT NULL, state TEXT NOT NULL, response BLOB, too_large INTEGER NOT NULL,
      PRIMARY KEY (run, attempt, request)) WITHOUT ROWID;
    """

  private static let records = """
    CREATE TABLE record (
      id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, collection TEXT NOT NULL,
      version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      doc TEXT NOT NULL);
    CREATE INDEX record_collection ON record (project, collection, id);
    CREATE TABLE record_unique (
      project TEXT NOT NULL, collection TEXT NOT NULL, idx TEXT NOT NULL, value TEXT NOT NULL,
      record INTEGER NOT NULL, PRIMARY KEY (project, collection, idx, value)) WITHOUT ROWID;
    CREATE TABLE record_index (
      project TEXT NOT NULL, collection TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
      record INTEGER NOT NULL, PRIMARY KEY (project, collection, field, value, record)
      ) WITHOUT ROWID;
    """
}
