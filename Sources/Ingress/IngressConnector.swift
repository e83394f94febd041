// SPDX-License-Identifier: Apache-2.0
// A connector as the door needs it.

import Pipeline
import Store

/// What a URL's token leads to, with its trigger read.
package struct IngressConnector: Sendable {
  package var id: ConnectorID
  package var project: ProjectID
  package var version: Int64
  package var isEnabled: Bool
  package var trigger: WebhookTrigger
  /// The zone of dates without one, and the zones that `dedupe.by` may name.
  package var context: FormatterContext

  package init(
    id: ConnectorID, project: ProjectID, version: Int64, isEnabled: Bool, trigger: WebhookTrigger,
    context: FormatterContext = FormatterContext()
  ) {
    self.id = id
    self.project = project
    self.version = version
    self.isEnabled = isEnabled
    self.trigger = trigger
    self.context = context
  }

  package init(row: ConnectorRow, trigger: WebhookTrigger, context: FormatterContext) {
    self.init(
      id: row.id, project: row.project, version: row.version, isEnabled: row.isEnabled,
      trigger: trigger, context: context)
  }
}

/// The answer to "whose URL is this?".
package enum IngressLookup: Sendable {
  case found(IngressConnector)
  /// It was replaced by another URL.
  case retired
  case unknown
}
