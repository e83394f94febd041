// SPDX-License-Identifier: Apache-2.0
// A connector that comes with a plugin.

import Values

/// A connector a manifest carries: listed and shown in each project whose plugin is enabled, its
/// runs are ordinary runs, and nobody edits it.
///
/// **Shape** a connector's document without `project`, its name `system.NAME`.
package struct ShippedConnector: Sendable, Hashable {
  package let name: ConnectorName
  let members: JSONObject

  /// The document in a project.
  package func document(in project: ProjectID) -> JSONValue {
    var document = members
    document["project"] = .text(project.rawValue)
    return .object(document)
  }

  static func read(_ source: DocumentValue) -> ShippedConnector? {
    guard case .object(let members) = source.value else {
      source.error("wrong_type", "a connector is an object, not a \(source.value.typeName)")
      return nil
    }
    let name = ConnectorName(rawValue: members["name"]?.asText ?? "")
    guard name.isShipped else {
      source.error(
        "bad_name", "a connector of a manifest is named \(ConnectorName.shippedPrefix)NAME, not "
          + "\"\(name)\"")
      return nil
    }
    guard members["project"] == nil else {
      source.error("unexpected_key", "a connector of a manifest is of every project: remove \"project\"")
      return nil
    }
    let shipped = ShippedConnector(name: name, members: members)
    let text = shipped.document(in: "project").jsonBytes
    guard let document = try? JSONDocument(source: text) else { return nil }
    for finding in Connector.parse(document, isStored: true).findings
    where finding.severity == .error {
      source.error(finding.code, "connector \(name): \(finding.path): \(finding.message)")
    }
    return shipped
  }
}
