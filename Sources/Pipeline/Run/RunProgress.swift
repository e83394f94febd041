// SPDX-License-Identifier: Apache-2.0
// One run as a value: where it stands and what it has produced.

import Calendar
import Values

/// A run between two of its calls. Pure: the same value and the same answers give the same run.
package struct RunProgress: Sendable {
  package let runID: RunID
  package let project: ProjectID
  package let constants: JSONObject
  package let connector: Connector
  package let connectorVersion: Int
  /// **Shape** ISO 8601, UTC.
  package let startedAt: String
  package let event: JSONValue
  /// The contact the run is about, an object with `id`; the host may replace it by the full one.
  package var contact: JSONValue?
  /// The zone of dates without one: the connector's, else the project's.
  package let zone: Zone
  /// The zones that templates may name.
  package let zones: ZoneSource
  /// The component to run next; a step beyond the last when the run is over.
  package internal(set) var position: Position
  package internal(set) var saved: [String: JSONValue] = [:]
  package internal(set) var actions: [ComponentID: ActionState] = [:]
  package internal(set) var steps: [StepID: StepStatus] = [:]
  /// Set once the run is over.
  package internal(set) var end: RunEnd?

  /// - Parameter zone: the project's
  package init(
    runID: RunID, project: ProjectID, constants: JSONObject = JSONObject(), connector: Connector,
    connectorVersion: Int, startedAt: String, event: JSONValue, contact: JSONValue? = nil,
    zone: Zone = .utc, zones: ZoneSource = .fixedOffsets
  ) {
    self.runID = runID
    self.project = project
    self.constants = constants
    self.connector = connector
    self.connectorVersion = connectorVersion
    self.startedAt = startedAt
    self.event = event
    self.contact = contact
    self.zone = connector.zone(in: zones) ?? zone
    self.zones = zones
    position = Position(step: 0, component: 0)
  }
}

/// How a step of a run stands; absent until the run reaches it.
package enum StepStatus: String, Sendable, Hashable, CaseIterable {
  case running
  /// All its components have run.
  case passed
  /// A filter ended it.
  case filtered
  /// Not entered: disabled, or jumped over.
  case skipped
  /// The run ended in it.
  case stopped, failed
}
