// SPDX-License-Identifier: Apache-2.0
// The trigger `message_status`: what became of a message that was sent.

import Values

/// Which status changes start a run.
package struct MessageStatusTrigger: Sendable, Hashable {
  /// Any of them.
  package var channels: [String]
  /// Any of them; with none every change matches.
  package var statuses: [MessageStatus] = []

  package init(channels: [String]) { self.channels = channels }

  package func accepts(_ event: JSONValue) -> Bool {
    if let channel = event["channel"]?.asText,
      !channels.contains(where: { sameName($0, channel) })
    {
      return false
    }
    guard !statuses.isEmpty else { return true }
    return statuses.contains { $0.rawValue == event["status"]?.asText }
  }
}

/// What becomes of a message.
package enum MessageStatus: String, Sendable, Hashable, CaseIterable {
  case accepted, sent, delivered, read, played, deleted, failed
}
