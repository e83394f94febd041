// SPDX-License-Identifier: Apache-2.0
// The tables, each with its keys' reason.

/// The database's layout. Row ids only grow, so inserts go to the end of each table; random keys
/// (tokens, dedupe keys) are in small tables of their own.
enum Layout {
  /// `JKFD`
  static let applicationID: UInt32 = 0x4A4B_4644
  static let version: UInt32 = 4

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
    \(parts)
    \(views)
    \(records)
    \(blobs)
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
      deleted_at INTEGER);
    -- A deleted connector keeps its row for the runs that name it, and lets go of its name.
    CREATE UNIQUE INDEX connector_name ON connector (project, name, draft)
      WHERE deleted_at IS NULL;
    CREATE TABLE connector_version (
      connector INTEGER NOT NULL, version INTEGER NOT NULL, hash TEXT NOT NULL,
      document TEXT NOT NULL, created_at INTEGER NOT NULL,
      PRIMARY KEY (connector, version)) WITHOUT ROWID;
    CREATE TABLE retired_token (
      token TEXT PRIMARY KEY, connector INTEGER NOT NULL, retired_at INTEGER NOT NULL
      ) WITHOUT ROWID;
    CREATE TABLE received (
      id INTEGER PRIMARY KEY AUTOINCREMENT, connector INTEGER NOT NULL, verdict TEXT NOT NULL,
      run INTEGER, head TEXT, body BLOB, size INTEGER NOT NULL, received_at INTEGER NOT NULL);
    CREATE INDEX received_connector ON received (connector, id);
    """

  /// The hot tables. What a run changes at each step touches no index; the partial ones are
  /// written when it starts, waits and ends. A sleeping run is in none that a claim looks at.
  private static let runs = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, connector INTEGER NOT NULL,
      version INTEGER NOT NULL, state TEXT NOT NULL, incarnation INTEGER NOT NULL,
      sequence INTEGER NOT NULL, position TEXT NOT NULL, contact INTEGER, mark TEXT, reason TEXT,
      due_at INTEGER, started_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      finished_at INTEGER, parent INTEGER, child_step INTEGER, element INTEGER,
      hops INTEGER NOT NULL, origin INTEGER, entered_connector INTEGER, entered_subject TEXT,
      fifo_key TEXT, wait_kind TEXT, wait TEXT, wake TEXT, retries INTEGER NOT NULL,
      segment INTEGER, bytes INTEGER);
    CREATE INDEX run_active ON run (connector, id)
      WHERE finished_at IS NULL AND wait_kind IS NULL;
    CREATE INDEX run_waiting ON run (project, id) WHERE wait_kind IS NOT NULL;
    CREATE INDEX run_due ON run (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX run_connector ON run (connector, id);
    CREATE INDEX run_contact ON run (contact, id) WHERE contact IS NOT NULL;
    CREATE INDEX run_marked ON run (project, mark, id) WHERE mark IS NOT NULL;
    CREATE INDEX run_finished ON run (project, state, id) WHERE finished_at IS NOT NULL;
    CREATE INDEX run_unarchived ON run (finished_at)
      WHERE finished_at IS NOT NULL AND segment IS NULL;
    CREATE INDEX run_segment ON run (segment) WHERE segment IS NOT NULL;
    -- The file with this id's event and journals; `dropping` is set before the first of them goes.
    CREATE TABLE segment (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, day TEXT NOT NULL,
      bytes INTEGER NOT NULL, runs INTEGER NOT NULL, last_finished INTEGER NOT NULL,
      sealed INTEGER NOT NULL, dropping INTEGER NOT NULL);
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

  /// What hangs on runs: what wakes or ends them, their children, who may be entered once.
  private static let parts = """
    -- A waiting run under each identifier it may be cancelled by; its row names them again, so
    -- that taking them away needs no index of a million sleepers.
    CREATE TABLE delay (
      connector INTEGER NOT NULL, identifier TEXT NOT NULL, run INTEGER NOT NULL,
      PRIMARY KEY (connector, identifier, run)) WITHOUT ROWID;
    CREATE TABLE hold (
      connector INTEGER NOT NULL, identifier TEXT NOT NULL, mode TEXT NOT NULL, except_run INTEGER,
      until INTEGER NOT NULL, PRIMARY KEY (connector, identifier)) WITHOUT ROWID;
    CREATE INDEX hold_until ON hold (until);
    CREATE TABLE message_wait (
      project TEXT NOT NULL, contact TEXT NOT NULL, run INTEGER NOT NULL,
      PRIMARY KEY (project, contact, run)) WITHOUT ROWID;
    -- What was told of what a run sent, by the key of the attempt; also before anybody waits for it.
    CREATE TABLE news (
      run INTEGER NOT NULL, key TEXT NOT NULL, target TEXT NOT NULL, news TEXT NOT NULL,
      expires_at INTEGER NOT NULL, PRIMARY KEY (run, key, target)) WITHOUT ROWID;
    CREATE INDEX news_expiry ON news (expires_at);
    CREATE TABLE enrolment (
      connector INTEGER NOT NULL, subject TEXT NOT NULL, run INTEGER NOT NULL,
      entered_at INTEGER NOT NULL, PRIMARY KEY (connector, subject)) WITHOUT ROWID;
    -- `waits` goes out when the last child has woken the parent: an element that is run again
    -- later must not wake it a second time.
    CREATE TABLE child_group (
      parent INTEGER NOT NULL, step INTEGER NOT NULL, count INTEGER NOT NULL,
      open INTEGER NOT NULL, waits INTEGER NOT NULL, scope TEXT NOT NULL,
      PRIMARY KEY (parent, step)) WITHOUT ROWID;
    CREATE TABLE child (
      parent INTEGER NOT NULL, step INTEGER NOT NULL, element INTEGER NOT NULL,
      run INTEGER NOT NULL, item TEXT NOT NULL, state TEXT, saved TEXT,
      PRIMARY KEY (parent, step, element)) WITHOUT ROWID;
    """

  /// What is kept for people to see, and what the engine remembers between two starts.
  private static let views = """
    CREATE TABLE step_count (
      connector INTEGER NOT NULL, step TEXT NOT NULL, entered INTEGER NOT NULL,
      passed INTEGER NOT NULL, filtered INTEGER NOT NULL, waiting INTEGER NOT NULL,
      cancelled INTEGER NOT NULL, succeeded INTEGER NOT NULL, failed INTEGER NOT NULL,
      PRIMARY KEY (connector, step)) WITHOUT ROWID;
    CREATE TABLE exchange (
      id INTEGER PRIMARY KEY AUTOINCREMENT, connector INTEGER NOT NULL, component TEXT NOT NULL,
      run INTEGER NOT NULL, status INTEGER, head TEXT NOT NULL, request BLOB NOT NULL,
      request_size INTEGER NOT NULL, response BLOB NOT NULL, response_size INTEGER NOT NULL,
      started_at INTEGER NOT NULL, duration_ms INTEGER NOT NULL);
    CREATE INDEX exchange_component ON exchange (connector, component, id);
    -- Calls as they can run again; `seq` is the journal entry of the attempt. Numbered, so that the
    -- earliest of an action, and of all, are found without looking at the others.
    CREATE TABLE transcript (
      id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, seq INTEGER NOT NULL,
      connector INTEGER NOT NULL, component TEXT NOT NULL, failed INTEGER NOT NULL,
      content TEXT NOT NULL);
    CREATE UNIQUE INDEX transcript_run ON transcript (run, seq);
    CREATE INDEX transcript_component ON transcript (connector, component, failed, id);
    CREATE TABLE shape (
      connector INTEGER NOT NULL, component TEXT NOT NULL, shape TEXT NOT NULL,
      learned_at INTEGER NOT NULL, changed TEXT, changed_at INTEGER,
      PRIMARY KEY (connector, component)) WITHOUT ROWID;
    CREATE TABLE alert (
      connector INTEGER NOT NULL, component TEXT NOT NULL, sent_at INTEGER NOT NULL,
      held INTEGER NOT NULL, last_held_at INTEGER, PRIMARY KEY (connector, component)
      ) WITHOUT ROWID;
    CREATE TABLE alert_mail (
      id INTEGER PRIMARY KEY AUTOINCREMENT, connector INTEGER NOT NULL, component TEXT NOT NULL,
      mail TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT, raised_at INTEGER NOT NULL,
      due_at INTEGER NOT NULL);
    CREATE INDEX alert_mail_due ON alert_mail (due_at);
    CREATE TABLE schedule (
      connector INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, fired_at INTEGER, run INTEGER);
    CREATE INDEX schedule_due ON schedule (due_at);
    CREATE TABLE engine_state (
      name TEXT PRIMARY KEY, state TEXT NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
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

  /// What is kept in files of its own, and the runs that hold it; the gallery holds by its records.
  private static let blobs = """
    CREATE TABLE blob (
      project TEXT NOT NULL, hash TEXT NOT NULL, bytes INTEGER NOT NULL,
      created_at INTEGER NOT NULL, PRIMARY KEY (project, hash)) WITHOUT ROWID;
    -- By run: one that is removed lets go of all it holds.
    CREATE TABLE blob_hold (
      run INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (run, hash)) WITHOUT ROWID;
    CREATE INDEX blob_hold_hash ON blob_hold (hash);
    """
}
