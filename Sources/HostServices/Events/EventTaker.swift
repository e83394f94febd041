// SPDX-License-Identifier: Apache-2.0
// Who takes events that are raised.
import Pipeline
import Store
import Values

/// An enabled connector that something else than a URL or a schedule starts.
package struct EventTaker: Sendable {
  package let connector: ConnectorID
  package let name: ConnectorName
  package let version: Int64
  package let trigger: Trigger
  /// The key its runs queue under, by event.
  package let fifoKey: @Sendable (JSONValue) -> String?

  package init(
    connector: ConnectorID, name: ConnectorName, version: Int64, trigger: Trigger,
    fifoKey: @escaping @Sendable (JSONValue) -> String? = { _ in nil }
  ) {
    self.connector = connector
    self.name = name
    self.version = version
    self.trigger = trigger
    self.fifoKey = fifoKey
  }
}

extension TriggerKind {
  /// The kinds an event can be raised for; a URL and a clock bring the others.
  package static let raisable = allCases.filter { $0 != .webhook && $0 != .schedule }
}

extension [EventTaker] {
  /// Those that start a run for an event of a kind, by name. Of several that take a message only
  /// the best does: the highest priority, then the longest keyword, then the first by name.
  func taking(_ event: JSONValue, _ kind: TriggerKind) -> [EventTaker] {
    let takers = filter { $0.trigger.kind == kind && $0.trigger.accepts(event) }
    guard kind == .message else { return takers }
    var best: (taker: EventTaker, match: MessageMatch)?
    for taker in takers {
      guard case .message(let trigger) = taker.trigger,
        let match = trigger.match(event["text"]?.asText ?? "")
      else { continue }
      if let known = best, known.match >= match { continue }
      best = (taker, match)
    }
    return best.map { [$0.taker] } ?? []
  }
}
