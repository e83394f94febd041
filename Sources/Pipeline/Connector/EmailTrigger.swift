// SPDX-License-Identifier: Apache-2.0
// The trigger `email`: a mail comes in.

import Values

/// Mail to which channel starts a run.
package struct EmailTrigger: Sendable, Hashable {
  package var channel: String

  package init(channel: String) { self.channel = channel }

  package func accepts(_ event: JSONValue) -> Bool {
    guard let named = event["channel"]?.asText else { return true }
    return sameName(named, channel)
  }
}
