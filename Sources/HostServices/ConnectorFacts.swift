// SPDX-License-Identifier: Apache-2.0
// What the services know of a project's connectors.
import Pipeline
import Store

/// One connector as runs of it are started now.
package struct ConnectorFacts: Sendable, Hashable {
  package let id: ConnectorID
  package let name: ConnectorName
  package let version: Int64
  package let isEnabled: Bool
  /// What its own events are; nil where this host cannot read the document any more.
  package let trigger: TriggerKind?
  /// What it takes of other connectors, where it says so.
  package let routed: RoutedTrigger?

  package init(
    id: ConnectorID, name: ConnectorName, version: Int64, isEnabled: Bool, trigger: TriggerKind?,
    routed: RoutedTrigger? = nil
  ) {
    self.id = id
    self.name = name
    self.version = version
    self.isEnabled = isEnabled
    self.trigger = trigger
    self.routed = routed
  }
}

extension ProjectSetup {
  /// The connector of a reference: an id, or a name in any case.
  ///
  /// **Throws** `not_found`, `connector not found: <ref>`, with the nearest name.
  package func connector(_ reference: String) throws(ActionFailure) -> ConnectorFacts {
    let wanted = ReferenceText.folded(reference)
    if let named = connectors[ConnectorName(rawValue: wanted)] { return named }
    if let byID = connectors.values.first(where: { $0.id.description == wanted }) { return byID }
    let near = Suggestion.text(for: wanted, among: connectors.keys.map(\.rawValue))
    throw ActionFailure(
      .notFound, code: "connector_not_found", message: "connector not found: \(reference)\(near)")
  }
}
