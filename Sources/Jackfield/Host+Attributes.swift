// SPDX-License-Identifier: Apache-2.0
// What templates of a connector may read.
import Pipeline
import Values

/// A path that may stand between braces at a place of a connector.
public struct ReadablePath: Sendable {
  public let path: String
  /// A JSON type, or `any`.
  public let type: String
  public let example: JSONValue?
  /// Where it comes from, in words.
  public let origin: String

  /// **Shape** `{path, type, from, example?}`.
  public var value: JSONValue {
    var value: JSONObject = ["path": .text(path), "type": .text(type), "from": .text(origin)]
    if let example { value["example"] = example }
    return .object(value)
  }
}

extension Host {
  /// What can be read before a step or component of a connector that is applied.
  ///
  /// - Parameters:
  ///   - place: the id of a step or component; nil: behind the last step.
  ///   - sample: an event whose members are listed; nil: the last one that was accepted.
  /// - Throws: `HostError`, codes `unknown_connector`, `unknown_step`.
  public func attributes(
    of name: String, project: String, before place: String? = nil, sample: JSONValue? = nil
  ) throws(HostError) -> [ReadablePath] {
    let (row, connector) = try current(name, project: project)
    return try attributes(
      connector, row.project, before: place, sample: sample ?? lastAccepted(name, row.project))
  }

  /// The same of a document; its findings do not matter as long as it can be read.
  ///
  /// - Throws: `HostError`, codes `bad_document`, `unknown_project`, `unknown_step`.
  public func attributes(
    ofDocument source: [UInt8], file: String, project wanted: String?, before place: String? = nil,
    sample: JSONValue? = nil
  ) throws(HostError) -> [ReadablePath] {
    let (parsed, findings) = Connector.parse(try Host.document(source, file: file))
    guard let connector = parsed else {
      let lines = findings.filter { $0.severity == .error }.map { $0.text(in: file) }
      throw HostError("bad_document", lines.joined(separator: "\n"))
    }
    let project = try self.project(named: wanted ?? connector.project.rawValue)
    return try attributes(
      connector, project, before: place,
      sample: sample ?? lastAccepted(connector.name.rawValue, project))
  }

  private func attributes(
    _ connector: Connector, _ project: ProjectID, before place: String?, sample: JSONValue?
  ) throws(HostError) -> [ReadablePath] {
    var position = Position(step: connector.steps.count, component: 0)
    if let place {
      guard let found = connector.position(of: place) else {
        let ids = connector.steps.flatMap { step in
          [step.id.rawValue] + step.components.map(\.id.rawValue)
        }
        let near = Suggestion.text(for: place, among: ids)
        throw HostError(
          "unknown_step", "\(connector.name) has no step or component \"\(place)\"\(near)")
      }
      position = found
    }
    return connector.attributes(
      at: position, in: try checkContext(project), sample: sample
    ).map { ReadablePath(path: $0.path, type: $0.type, example: $0.example, origin: $0.from) }
  }

  private func lastAccepted(_ name: String, _ project: ProjectID) -> JSONValue? {
    let events = try? receivedEvents(name, project: project.rawValue)
    return events?.first { $0.verdict == "accepted" }
      .flatMap { try? JSONValue(parsing: $0.body) }
  }
}
