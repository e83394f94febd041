// SPDX-License-Identifier: Apache-2.0
// Connectors: checked, applied, listed, shown.
import Crypto
import HostServices
import Pipeline
import Scheduler
import Store
import Values

/// A connector as a list shows it.
public struct ConnectorSummary: Sendable {
  public let project: String
  public let name: String
  public let version: Int64
  public let isEnabled: Bool
  /// What starts it: `webhook`, `schedule` …
  public let trigger: String
  /// Where its webhook is reached; nil where something else starts it.
  public let url: String?
  /// Whether the host made it, for a channel: nobody changes it by hand.
  public var isHostMade: Bool { ConnectorName(rawValue: name).isHostMade }

  /// **Shape** `{project, name, version, enabled, trigger, url?, host_made?}`.
  public var value: JSONValue {
    var value: JSONObject = [
      "project": .text(project), "name": .text(name), "version": .integer(version),
      "enabled": .boolean(isEnabled), "trigger": .text(trigger),
    ]
    if let url { value["url"] = .text(url) }
    if isHostMade { value["host_made"] = true }
    return .object(value)
  }
}

/// What applying a connector found and made.
public struct ConnectorReport: Sendable {
  public let findings: [String]
  public let findingValues: [JSONValue]
  public let hasErrors: Bool
  /// The connector as stored; nil when nothing was.
  public let stored: ConnectorSummary?
  /// Whether a new version was made.
  public let isNew: Bool
}

extension Host {
  /// A parsed and checked document.
  package struct CheckedConnector {
    package let connector: Connector?
    package let project: ProjectID
    package let findings: [Finding]
  }

  /// Checks a connector document against the project it names, or the one given.
  package func check(
    _ source: [UInt8], project wanted: String?
  ) throws(HostError) -> CheckedConnector {
    let document: JSONDocument
    do throws(Finding) {
      document = try JSONDocument(source: source)
    } catch {
      return CheckedConnector(connector: nil, project: "default", findings: [error])
    }
    var (connector, findings) = Connector.parse(document)
    guard let parsed = connector else {
      return CheckedConnector(connector: nil, project: "default", findings: findings)
    }
    let project = try self.project(named: wanted ?? parsed.project.rawValue)
    findings += parsed.check(in: try checkContext(project))
    if findings.hasErrors { connector = nil }
    return CheckedConnector(connector: connector, project: project, findings: findings)
  }

  /// Only checks; the report has nothing stored.
  public func checkConnector(
    _ source: [UInt8], file: String, project: String?
  ) throws(HostError) -> ConnectorReport {
    report(try check(source, project: project), file, stored: nil, isNew: false)
  }

  /// Checks a document and makes it the connector's newest version, if it differs.
  public func applyConnector(
    _ source: [UInt8], file: String, project: String?
  ) throws(HostError) -> ConnectorReport {
    try change { () throws(HostError) -> ConnectorReport in
      let checked = try check(source, project: project)
      guard let connector = checked.connector else {
        return report(checked, file, stored: nil, isNew: false)
      }
      guard connector.name != CallerFacts.trialConnector else {
        throw HostError(
          "bad_name", "\(connector.name) is the name of what `action try` runs: take another")
      }
      let isNew = try put(source, connector, checked.project, isDraft: false).isNew
      try reconfigure(checked.project)
      let row = try self.connector(named: connector.name.rawValue, in: checked.project)
      return report(checked, file, stored: try summary(row), isNew: isNew)
    }
  }

  /// Stores a document as a draft: a version that no URL leads to, for one run.
  package func draft(
    _ source: [UInt8], _ connector: Connector, _ project: ProjectID
  ) throws(HostError) -> ConnectorRow {
    try put(source, connector, project, isDraft: true)
  }

  public func connectors(project: String) throws(HostError) -> [ConnectorSummary] {
    let project = try self.project(named: project)
    let rows = try reading { transaction throws(StoreError) in
      try transaction.connectorList(project)
    }
    var list: [ConnectorSummary] = []
    for row in rows { list.append(try summary(row)) }
    return list
  }

  /// A connector with its newest document.
  public func connector(
    _ name: String, project: String
  ) throws(HostError) -> (summary: ConnectorSummary, document: String) {
    let project = try self.project(named: project)
    let row = try connector(named: name, in: project)
    let document = try reading { transaction throws(StoreError) in
      try transaction.connectorVersionGet(row.id, version: row.version)?.document ?? ""
    }
    return (try summary(row), document)
  }

  package func connector(
    named name: String, in project: ProjectID
  ) throws(HostError) -> ConnectorRow {
    let rows = try reading { transaction throws(StoreError) in
      try transaction.connectorList(project)
    }
    guard let row = rows.first(where: { $0.name.rawValue == name }) else {
      let near = Suggestion.text(for: name, among: rows.map(\.name.rawValue))
      throw HostError("unknown_connector", "no connector \"\(name)\" in \(project)\(near)")
    }
    return row
  }

  // MARK: private parts

  private func put(
    _ source: [UInt8], _ connector: Connector, _ project: ProjectID, isDraft: Bool
  ) throws(HostError) -> ConnectorRow {
    let text = String(decoding: source, as: UTF8.self)
    let hash = Hex.encode(sodium.sha256(source))
    let (now, sodium, library) = (Host.now(), sodium, library)
    let row = try writing { transaction throws(StoreError) in
      let before = try transaction.connectorGet(project, connector.name)
      let row = try transaction.connectorPut(
        project: project, name: connector.name, document: text, contentHash: hash,
        isDraft: isDraft, nowMS: now, makeToken: { sodium.randomToken() })
      guard row.isNew, !isDraft else { return row }
      let old = before.flatMap {
        try? library.connector($0.id, version: $0.version, in: transaction)
      }
      try ConnectorChange(of: row.id, from: old, to: connector).write(transaction, nowMS: now)
      return row
    }
    library.put(connector, as: row.id, version: row.version)
    return row
  }

  func summary(_ row: ConnectorRow) throws(HostError) -> ConnectorSummary {
    let base = try projectDocument(row.project).publicURL ?? address ?? ""
    let library = library
    let connector = try reading { transaction throws(StoreError) in
      try? library.connector(row.id, version: row.version, in: transaction)
    }
    // A document this version does not read shows its URL: it may have one.
    let trigger = connector?.trigger.kind ?? .webhook
    return ConnectorSummary(
      project: row.project.rawValue, name: row.name.rawValue, version: row.version,
      isEnabled: row.isEnabled, trigger: trigger.rawValue,
      url: trigger == .webhook ? base + "/in/" + row.token : nil)
  }

  func report(
    _ checked: CheckedConnector, _ file: String, stored: ConnectorSummary?, isNew: Bool
  ) -> ConnectorReport {
    ConnectorReport(
      findings: checked.findings.map { $0.text(in: file) },
      findingValues: checked.findings.map(\.value), hasErrors: checked.findings.hasErrors,
      stored: stored, isNew: isNew)
  }
}
