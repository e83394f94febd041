// SPDX-License-Identifier: Apache-2.0
// What starts the runs of a connector.

import Values

/// A connector's trigger.
///
/// **Source** spec/formats.md 1, Triggers and their `event`.
package enum Trigger: Sendable {
  case webhook(WebhookTrigger)
  case schedule(ScheduleTrigger)
  /// Only routed to.
  case connector(RoutedTrigger)
  case message(MessageTrigger)
  case messageStatus(MessageStatusTrigger)
  case record(RecordTrigger)
  case reminder
  case macroButton(MacroButtonTrigger)
  case email(EmailTrigger)

  package var kind: TriggerKind {
    switch self {
    case .webhook: .webhook
    case .schedule: .schedule
    case .connector: .connector
    case .message: .message
    case .messageStatus: .messageStatus
    case .record: .record
    case .reminder: .reminder
    case .macroButton: .macroButton
    case .email: .email
    }
  }

  /// Whether an event of this trigger's kind starts a run. A webhook's is judged where it comes in.
  package func accepts(_ event: JSONValue) -> Bool {
    switch self {
    case .webhook, .schedule, .reminder: true
    case .connector(let trigger): trigger.accepts(event)
    case .message(let trigger): trigger.accepts(event)
    case .messageStatus(let trigger): trigger.accepts(event)
    case .record(let trigger): trigger.accepts(event)
    case .macroButton(let trigger): trigger.accepts(event)
    case .email(let trigger): trigger.accepts(event)
    }
  }
}

/// The triggers, by the key they stand under.
package enum TriggerKind: String, Sendable, Hashable, CaseIterable {
  case webhook, schedule, connector, message
  case messageStatus = "message_status"
  case record, reminder
  case macroButton = "macro_button"
  case email
}

/// Whether names of an event and a trigger agree: white space around them and case do not count.
func sameName(_ left: String, _ right: String) -> Bool {
  trimmed(left).lowercased() == trimmed(right).lowercased()
}
