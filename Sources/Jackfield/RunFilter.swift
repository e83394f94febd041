// SPDX-License-Identifier: Apache-2.0
// Which runs are meant.
import Pipeline
import Store
import Values

/// What runs have in common; everything that is set must hold.
public struct RunFilter: Sendable {
  public var connector: String?
  /// `ready`, `running`, `waiting`, `succeeded`, `stopped`, `failed`, `cancelled`.
  public var state: String?
  /// The id of the contact they are about.
  public var contact: String?
  /// One of `marks`.
  public var mark: String?
  /// Values of the event: `("event.lead_id", "7")`.
  public var conditions: [(path: String, value: String)] = []
  /// Started then or later. **Unit**: milliseconds since 1970.
  public var since: Int64?
  /// Only runs with smaller ids, for the next page.
  public var before: Int64?
  public var limit = 50

  public init() {}

  /// What a run may be marked with.
  public static let marks = ["unknown", "repeated", "sent", "not_sent"]

  /// Whether nothing is said of which runs are meant.
  public var isEmpty: Bool {
    connector == nil && state == nil && contact == nil && mark == nil && conditions.isEmpty
      && since == nil
  }
}

extension Host {
  /// The project's runs that are meant, newest first; several pages are looked through until the
  /// limit is reached.
  ///
  /// - Throws: `HostError`, codes `unknown_connector`, `unknown_state`, `unknown_mark`,
  ///   `bad_contact`, `invalid_query`.
  public func runs(project: String, _ filter: RunFilter) throws(HostError) -> [RunSummary] {
    let asked = try query(filter, try self.project(named: project))
    return try reading { transaction throws(StoreError) in
      var query = asked
      var drafts: [ConnectorID: Bool] = [:]
      var runs: [RunSummary] = []
      while runs.count < filter.limit {
        query.limit = filter.limit - runs.count
        let listing = try transaction.runSearch(query)
        for row in listing.runs {
          if drafts[row.connector] == nil {
            drafts[row.connector] =
              try transaction.connectorGet(row.connector)?.token.isEmpty ?? true
          }
          runs.append(RunSummary(row, isDraft: drafts[row.connector] ?? false))
        }
        guard let next = listing.next else { break }
        query.before = next
      }
      return runs
    }
  }

  private func query(
    _ filter: RunFilter, _ project: ProjectID
  ) throws(HostError) -> RunQuery {
    var query = RunQuery(project, mark: filter.mark, sinceMS: filter.since)
    if let mark = filter.mark, !RunFilter.marks.contains(mark) {
      throw HostError(
        "unknown_mark",
        "no run is ever marked \"\(mark)\": marks are " + RunFilter.marks.joined(separator: ", "))
    }
    if let connector = filter.connector {
      query.connector = try self.connector(named: connector, in: project).id
    }
    if let state = filter.state {
      guard let known = RunState(rawValue: state) else {
        throw HostError(
          "unknown_state",
          "no run is ever \"\(state)\": states are "
            + RunState.allCases.map(\.rawValue).joined(separator: ", "))
      }
      query.state = known
    }
    if let contact = filter.contact {
      guard let id = RecordID(text: contact) else {
        throw HostError("bad_contact", "a contact is named by its id, not \"\(contact)\"")
      }
      query.contact = id
    }
    for condition in filter.conditions {
      do throws(StoreError) {
        query.conditions.append(try EventCondition(condition.path, equals: condition.value))
      } catch {
        throw HostError("bad_condition", error.message)
      }
    }
    query.before = filter.before.map { RunID($0) }
    return query
  }
}
