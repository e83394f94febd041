// SPDX-License-Identifier: Apache-2.0
// Projects: made, applied from their document, shown.
import Calendar
import HostServices
import Pipeline
import Store
import Values

/// What applying a document found and changed.
public struct ApplyReport: Sendable {
  /// Findings as text lines, `file:line:column: …`.
  public let findings: [String]
  public let hasErrors: Bool
  /// What changed, a line each; empty when nothing did.
  public let changes: [String]
}

extension Host {
  package func ensureDefaultProject() throws(HostError) {
    guard try projectNames().isEmpty else { return }
    try createProject("default")
  }

  package func projectNames() throws(HostError) -> [ProjectID] {
    try reading { transaction throws(StoreError) in try transaction.projectList() }
  }

  /// The names of all projects.
  public func projects() throws(HostError) -> [String] {
    try projectNames().map(\.rawValue)
  }

  /// The project a command is about: the one named, the only one, or `default`.
  ///
  /// - Throws: `HostError`, codes `unknown_project`, `which_project`.
  public func defaultProject(named name: String?) throws(HostError) -> String {
    if let name { return try project(named: name).rawValue }
    let all = try projectNames()
    if all.count == 1 { return all[0].rawValue }
    // The default project is there from the first start; one real project beside it is meant.
    let own = all.filter { $0.rawValue != "default" }
    if own.count == 1 { return own[0].rawValue }
    throw HostError(
      "which_project",
      "there are several projects: name one with --project "
        + own.map(\.rawValue).joined(separator: " or --project "))
  }

  package func project(named name: String) throws(HostError) -> ProjectID {
    let all = try projectNames()
    let wanted = ProjectID(rawValue: name)
    guard all.contains(wanted) else {
      let near = Suggestion.text(for: name, among: all.map(\.rawValue))
      throw HostError(
        "unknown_project",
        "no project \"\(name)\"\(near); to make it: jackfield project create \(name)")
    }
    return wanted
  }

  /// Makes an empty project. One that is there already stays as it is.
  public func createProject(_ name: String) throws(HostError) {
    try change { () throws(HostError) -> Void in
      guard DocumentName.isValid(name) else {
        throw HostError("bad_name", "a project is named like \"acme\": a-z, 0-9 and _, not \"\(name)\"")
      }
      let document: JSONValue = ["format": 1, "name": .text(name)]
      let project = ProjectID(rawValue: name)
      let now = Host.now()
      try writing { transaction throws(StoreError) in
        if try transaction.projectGet(project) == nil {
          try transaction.projectPut(project, document: document.json, nowMS: now)
        }
      }
      try reconfigure(project)
    }
  }

  package func projectDocument(_ project: ProjectID) throws(HostError) -> ProjectDocument {
    let text = try reading { transaction throws(StoreError) in try transaction.projectGet(project) }
    guard let text, let source = try? JSONDocument(source: Array(text.utf8)),
      let document = ProjectDocument.parse(source).project
    else { return ProjectDocument(name: project) }
    return document
  }

  /// The project's document as it was applied.
  public func projectSource(_ name: String) throws(HostError) -> JSONValue {
    Host.json(try projectText(name))
  }

  /// The text of the project's document, letter by letter as it was applied.
  public func projectText(_ name: String) throws(HostError) -> String {
    let project = try self.project(named: name)
    let text = try reading { transaction throws(StoreError) in try transaction.projectGet(project) }
    return text ?? "{}"
  }

  /// Applies a project document: creates what it names, changes what differs, deletes nothing.
  ///
  /// - Parameters:
  ///   - file: what to call the document in findings.
  ///   - isDryRun: only say what would change.
  public func applyProject(
    _ source: [UInt8], file: String, isDryRun: Bool = false
  ) throws(HostError) -> ApplyReport {
    try change { () throws(HostError) -> ApplyReport in
      let parsed = Host.parseProject(source, zones, channelKinds.keys.sorted())
      let lines = parsed.findings.map { $0.text(in: file) }
      guard let document = parsed.project, !parsed.findings.hasErrors else {
        return ApplyReport(findings: lines, hasErrors: true, changes: [])
      }
      let change = try ProjectChange(document, source: source, host: self)
      if !isDryRun && !change.lines.isEmpty {
        try writing { transaction throws(StoreError) in try change.write(transaction) }
      }
      if !isDryRun { try reconfigure(document.name) }
      return ApplyReport(findings: lines, hasErrors: false, changes: change.lines)
    }
  }

  private static func parseProject(
    _ source: [UInt8], _ zones: ZoneSource, _ channelKinds: [String]
  ) -> (project: ProjectDocument?, findings: [Finding]) {
    do throws(Finding) {
      let document = try JSONDocument(source: source)
      let (project, findings) = ProjectDocument.parse(
        document, zones: zones, channelKinds: channelKinds)
      return (project, findings)
    } catch {
      return (nil, [error])
    }
  }
}
