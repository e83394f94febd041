// SPDX-License-Identifier: Apache-2.0
// How a search walks through the runs.

import Pipeline

/// A value of a search on its way into a statement.
enum SearchValue {
  case integer(Int64?)
  case text(String?)

  func bind(to statement: Statement) {
    switch self {
    case .integer(let value): _ = statement.bind(value)
    case .text(let value): _ = statement.bind(value)
    }
  }
}

/// Which index a search walks along, newest first. Named, because SQLite knows nothing of how many
/// rows there are and would guess.
struct RunScan {
  let index: String
  let terms: String
  let values: [SearchValue]

  private init(_ index: String, _ terms: String, _ values: [SearchValue]) {
    self.index = index
    self.terms = terms
    self.values = values
  }

  static func active(_ connector: ConnectorID) -> RunScan {
    RunScan(
      "INDEXED BY run_active",
      "run.connector = ? AND run.finished_at IS NULL AND run.wait_kind IS NULL",
      [.integer(connector.rawValue)])
  }

  /// The walk that meets the fewest others; nil where it is one for each connector.
  init?(_ query: RunQuery) {
    let project = SearchValue.text(query.project.rawValue)
    if let contact = query.contact {
      self.init("INDEXED BY run_contact", "run.contact = ?", [.integer(contact.rawValue)])
    } else if let mark = query.mark {
      self.init(
        "INDEXED BY run_marked", "run.project = ? AND run.mark = ?", [project, .text(mark)])
    } else if query.state == .waiting {
      self.init(
        "INDEXED BY run_waiting", "run.project = ? AND run.wait_kind IS NOT NULL", [project])
    } else if let state = query.state, !state.isTerminal {
      guard let connector = query.connector else { return nil }
      self = .active(connector)
    } else if let state = query.state, state != .succeeded || query.connector == nil {
      self.init(
        "INDEXED BY run_finished",
        "run.project = ? AND run.state = ? AND run.finished_at IS NOT NULL",
        [project, .text(state.rawValue)])
    } else if let connector = query.connector {
      self.init("INDEXED BY run_connector", "run.connector = ?", [.integer(connector.rawValue)])
    } else {
      self.init("NOT INDEXED", "1", [])
    }
  }
}

/// All that must hold of a run, as a value of its row and not as a condition of the walk: so that
/// each row looked at is counted.
struct RunFilter {
  private(set) var text = "run.project = ?"
  private(set) var values: [SearchValue]

  init(_ query: RunQuery) {
    values = [.text(query.project.rawValue)]
    if let connector = query.connector { add("run.connector = ?", .integer(connector.rawValue)) }
    if let state = query.state { add("run.state = ?", .text(state.rawValue)) }
    if let contact = query.contact { add("run.contact = ?", .integer(contact.rawValue)) }
    if let mark = query.mark { add("run.mark IS ?", .text(mark)) }
    if let since = query.sinceMS { add("run.started_at >= ?", .integer(since)) }
    if let until = query.untilMS { add("run.started_at < ?", .integer(until)) }
  }

  private mutating func add(_ term: String, _ value: SearchValue) {
    text += " AND " + term
    values.append(value)
  }
}
