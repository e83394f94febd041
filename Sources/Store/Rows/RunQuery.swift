// SPDX-License-Identifier: Apache-2.0
// What runs are looked for by.

import Pipeline
import Values

/// Which runs of a project are meant; everything named must hold.
package struct RunQuery: Sendable {
  package var project: ProjectID
  package var connector: ConnectorID?
  package var state: RunState?
  package var contact: RecordID?
  /// `unknown`, `repeated`, `sent`, `not_sent`
  package var mark: String?
  /// Started then or later.
  ///
  /// **Unit** milliseconds since 1970, as is `untilMS`
  package var sinceMS: Int64?
  /// Started before then.
  package var untilMS: Int64?
  package var conditions: [EventCondition]
  /// Only older ones: where the page before ended.
  package var before: RunID?
  package var limit: Int

  package init(
    _ project: ProjectID, connector: ConnectorID? = nil, state: RunState? = nil,
    contact: RecordID? = nil, mark: String? = nil, sinceMS: Int64? = nil, untilMS: Int64? = nil,
    conditions: [EventCondition] = [], before: RunID? = nil, limit: Int = 100
  ) {
    self.project = project
    self.connector = connector
    self.state = state
    self.contact = contact
    self.mark = mark
    self.sinceMS = sinceMS
    self.untilMS = untilMS
    self.conditions = conditions
    self.before = before
    self.limit = limit
  }
}

/// `event.lead_id=7`: a value of the run's event is exactly that.
package struct EventCondition: Sendable, Hashable {
  /// In SQLite's words, bound and never part of a statement.
  let path: String
  /// Equal to a text, and to a boolean or null that is written so.
  let text: String
  /// Equal to a number, where the text is one.
  let number: String?

  /// **Throws** `invalid_query` for what is no path of the event
  package init(_ path: String, equals value: String) throws(StoreError) {
    let parsed: AttributePath
    do {
      parsed = try AttributePath(parsing: path)
    } catch {
      throw StoreError(
        .invalidQuery, "a condition's path does not parse (\(error)): write event.lead_id=7")
    }
    guard parsed.root == "event" else {
      throw StoreError(
        .invalidQuery,
        "runs are found by what their event holds, not by \(parsed.root): write event.lead_id=7")
    }
    try StoreLimits.check(path, "a condition's path")
    try StoreLimits.check(value, "a condition's value")
    var walk = "$"
    for segment in parsed.segments { walk += try EventCondition.part(segment) }
    self.path = walk
    text = value
    switch try? JSONValue(parsing: value) {
    case .integer, .number: number = value
    default: number = nil
    }
  }

  private static func part(_ segment: AttributePath.Segment) throws(StoreError) -> String {
    switch segment {
    case .index(let place): return place < 0 ? "[#\(place)]" : "[\(place)]"
    case .name(let name):
      // A quoted name in SQLite's paths knows no escapes.
      guard !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
        throw StoreError(
          .invalidQuery,
          "a name with a quote, a backslash or a control character cannot be searched for: "
            + "search by another part of the event")
      }
      return ".\"\(name)\""
    }
  }
}

/// One page of a search.
package struct RunListing: Sendable {
  /// Newest first.
  package let runs: [RunRow]
  /// Where the next page begins; nil where there is none. It may be there with few runs found, or
  /// none: one page looks at a bounded number of them.
  package let next: RunID?
}
