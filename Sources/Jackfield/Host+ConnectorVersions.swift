// SPDX-License-Identifier: Apache-2.0
// A connector's versions: listed, compared, made current again; and its end.
import Calendar
import Pipeline
import Store
import Values

/// One version of a connector.
public struct ConnectorVersionSummary: Sendable {
  public let version: Int64
  /// Whether new runs take it.
  public let isCurrent: Bool
  /// **Unit**: milliseconds since 1970.
  public let createdAt: Int64
  /// Of the document's bytes, SHA-256 in hexadecimal.
  public let hash: String

  /// **Shape** `{version, current, created_at, hash}`.
  public var value: JSONValue {
    [
      "version": .integer(version), "current": .boolean(isCurrent),
      "created_at": .text(Moment(milliseconds: createdAt).iso), "hash": .text(hash),
    ]
  }
}

/// What differs between two documents of a connector.
public struct DocumentComparison: Sendable {
  public let connector: String
  /// What the sides are called: `v3`, or a file.
  public let old: String
  public let new: String
  /// A line each, like `changed steps.store.title: "CRM" → "Records"`.
  public let lines: [String]
  /// **Shape** each `{path, kind, old?, new?}`.
  public let changes: [JSONValue]

  /// **Shape** `{connector, from, to, changes}`.
  public var value: JSONValue {
    [
      "connector": .text(connector), "from": .text(old), "to": .text(new),
      "changes": .list(changes),
    ]
  }
}

extension Host {
  /// A connector's versions, newest first.
  ///
  /// - Throws: `HostError`, code `unknown_connector`.
  public func connectorVersions(
    _ name: String, project: String
  ) throws(HostError) -> [ConnectorVersionSummary] {
    let row = try connector(named: name, in: try self.project(named: project))
    return try reading { transaction throws(StoreError) in
      try transaction.connectorVersionList(row.id).map { version in
        ConnectorVersionSummary(
          version: version.version, isCurrent: version.version == row.version,
          createdAt: version.createdAt, hash: version.hash)
      }
    }
  }

  /// Compares two versions of a connector part by part; parts with an id are matched by it.
  ///
  /// - Parameters:
  ///   - from: nil: the version before `to`.
  ///   - to: nil: the current one.
  /// - Throws: `HostError`, codes `unknown_connector`, `unknown_version`.
  public func compareVersions(
    of name: String, project: String, from: Int64? = nil, to: Int64? = nil
  ) throws(HostError) -> DocumentComparison {
    let row = try connector(named: name, in: try self.project(named: project))
    let new = to ?? row.version
    let known = try connectorVersions(name, project: project).map(\.version)
    guard let old = from ?? known.first(where: { $0 < new }) else {
      throw HostError(
        "unknown_version",
        "\(name) has no version before v\(new): compare it with a file, jackfield connector diff "
          + "FILE, or name two with --from and --to")
    }
    return comparison(
      name, "v\(old)", try document(of: row, version: old), "v\(new)",
      try document(of: row, version: new))
  }

  /// Compares the connector as it is applied with a document that is not.
  ///
  /// - Parameter file: what to call the document.
  /// - Throws: `HostError`, codes `bad_document`, `unknown_connector`.
  public func compareApplied(
    with source: [UInt8], file: String, project wanted: String?
  ) throws(HostError) -> DocumentComparison {
    let document = try Host.document(source, file: file)
    guard let name = document.root["name"]?.asText else {
      throw HostError("bad_document", "\(file) has no \"name\": it says which connector it is")
    }
    let project = try self.project(
      named: wanted ?? document.root["project"]?.asText ?? "default")
    let row = try connector(named: name, in: project)
    return comparison(
      name, "v\(row.version)", try self.document(of: row, version: row.version), file, document)
  }

  /// Makes a version of a connector the one that new runs take. Runs under way stay on theirs. The
  /// version is checked against the project as it stands now: with an error nothing changes.
  ///
  /// - Throws: `HostError`, codes `unknown_connector`, `unknown_version`.
  public func rollbackConnector(
    _ name: String, to version: Int64, project: String
  ) throws(HostError) -> ConnectorReport {
    try change { () throws(HostError) -> ConnectorReport in
      let project = try self.project(named: project)
      let row = try connector(named: name, in: project)
      try refuseHostMade(row)
      _ = try document(of: row, version: version)
      let (now, library) = (Host.now(), library)
      let source = try reading { transaction throws(StoreError) in
        try transaction.connectorVersionGet(row.id, version: version)?.document ?? ""
      }
      let checked = try check(Array(source.utf8), project: project.rawValue)
      let file = "\(name) v\(version)"
      guard checked.connector != nil else {
        return report(checked, file, stored: nil, isNew: false)
      }
      try writing { transaction throws(StoreError) in
        let new = try library.connector(row.id, version: version, in: transaction)
        let old = try? library.connector(row.id, version: row.version, in: transaction)
        _ = try transaction.connectorRollback(row.id, version: version, nowMS: now)
        try ConnectorChange(of: row.id, from: old, to: new).write(transaction, nowMS: now)
      }
      try reconfigure(project)
      let stored = try summary(try connector(named: name, in: project))
      return report(checked, file, stored: stored, isNew: false)
    }
  }

  /// The other connectors that send runs to one, as far as they name it in writing.
  ///
  /// - Throws: `HostError`, code `unknown_connector`.
  public func connectorsRouting(
    to name: String, project: String
  ) throws(HostError) -> [String] {
    let project = try self.project(named: project)
    let target = try connector(named: name, in: project).name
    return try checkContext(project).routes
      .filter { $0.key != target && $0.value.contains(target) }.keys.map(\.rawValue).sorted()
  }

  /// Deletes a connector: its name is free, its URL answers 410 for good, its schedule is gone.
  /// Its versions stay for its runs, which go on and can be shown.
  ///
  /// - Throws: `HostError`, code `unknown_connector`.
  public func deleteConnector(_ name: String, project: String) throws(HostError) {
    try change { () throws(HostError) -> Void in
      let project = try self.project(named: project)
      let row = try connector(named: name, in: project)
      try refuseHostMade(row)
      let now = Host.now()
      _ = try writing { transaction throws(StoreError) in
        try transaction.connectorDelete(row.id, nowMS: now)
      }
      try reconfigure(project)
    }
  }

  // MARK: parts

  /// A document that was handed over, as JSON.
  ///
  /// - Throws: `HostError`, code `bad_document`, with the place.
  package static func document(
    _ source: [UInt8], file: String
  ) throws(HostError) -> JSONDocument {
    do throws(Finding) {
      return try JSONDocument(source: source)
    } catch {
      throw HostError("bad_document", error.text(in: file))
    }
  }

  private func document(
    of row: ConnectorRow, version: Int64
  ) throws(HostError) -> JSONDocument {
    let (found, known) = try reading { transaction throws(StoreError) in
      (
        try transaction.connectorVersionGet(row.id, version: version)?.document,
        try transaction.connectorVersionList(row.id).map(\.version)
      )
    }
    guard let found else {
      let few = known.prefix(10).map { "v\($0)" }.joined(separator: ", ")
      throw HostError(
        "unknown_version",
        "\(row.name) has no version \(version): it has \(few)\(known.count > 10 ? ", …" : "")")
    }
    return try Host.document(Array(found.utf8), file: "\(row.name) v\(version)")
  }

  private func comparison(
    _ name: String, _ old: String, _ before: JSONDocument, _ new: String, _ after: JSONDocument
  ) -> DocumentComparison {
    let changes = Connector.difference(old: before, new: after)
    return DocumentComparison(
      connector: name, old: old, new: new, lines: changes.map(\.text),
      changes: changes.map(\.value))
  }
}
